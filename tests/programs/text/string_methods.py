s = "  The answer, is: 42  "
print([s.strip(), s.title(), s.swapcase(), s.find("is"), s.count("s"), s.partition(",")])
print("a-b-c".rsplit("-", 1), "x=1=2".partition("="), "tabs\tand\tmore".expandtabs(4))
print("abc".translate(str.maketrans("abc", "xyz", "")), "abc".translate({97: None}))
print("%s is %05.2f and %-5d|%+d %x %r %%" % ("pi", 3.14159, 42, 7, 255, "q"))
print("%(a)s-%(b)03d" % {"a": 1, "b": 2})
print("file.tar.gz".removesuffix(".gz").removeprefix("file"), "7".zfill(3), "-7".zfill(4))
print("one\ntwo\r\nthree".splitlines(keepends=True), "é".isidentifier(), "12²".isdigit())
print(", ".join(map(str, range(5))), "ab" * 3, "a" "b" 'c')
print("café".center(11, "*"), "x".ljust(3) + "|", "x".rjust(3) + "|")
print(b"bytes \x00\xff".hex(" "), bytes.fromhex("48 69"), b"a,b".split(b","), bytearray(b"xyz")[1])
"The" < "the", "a" in s, s[-4:-2], s[::-3]
