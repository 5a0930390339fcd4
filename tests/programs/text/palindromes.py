def is_palindrome(s: str) -> bool:
    cleaned = "".join(c.lower() for c in s if c.isalnum())
    return cleaned == cleaned[::-1]

tests = ["A man, a plan, a canal: Panama", "racecar", "hello", "", "No lemon, no melon"]
[(t, is_palindrome(t)) for t in tests]
