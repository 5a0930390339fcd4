import textwrap
from string import Template, ascii_lowercase, capwords, punctuation

poem = """
    Two roads diverged in a yellow wood,
    And sorry I could not travel both
"""
print(textwrap.dedent(poem).strip())
print(textwrap.fill("It was the best of times, it was the worst of times, " * 3, width=40,
                    initial_indent="* ", subsequent_indent="  "))
print(textwrap.shorten("a long line that does not fit", width=16, placeholder=" …"))
print(textwrap.indent("one\ntwo", "> "))
greeting = Template("Dear $name, you owe ${amount} $$ by $day.")
print(greeting.safe_substitute(name="Ada", amount=12.5))
print(greeting.substitute({"name": "Bo", "amount": 3, "day": "Friday"}))
try:
    greeting.substitute(name="x")
except KeyError as missing:
    print("missing", missing)
print(capwords("hello wide world"), len(punctuation), ascii_lowercase[::5])
