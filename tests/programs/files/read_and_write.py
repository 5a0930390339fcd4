with open("notes.txt", "w", encoding="utf-8") as file:
    file.write("first line\n")
    file.writelines(f"line {n}\n" for n in range(2, 5))
    print("printed to the file é", file=file)
with open("notes.txt", encoding="utf-8") as file:
    print(file.readline().rstrip(), file.tell() > 0)
    for number, line in enumerate(file, 2):
        print(number, line, end="")
with open("notes.txt", "a") as file:
    print(file.mode, file.closed)
    file.write("appended")
text = open("notes.txt", encoding="utf-8").read()
print(len(text.splitlines()), text[-8:], file.closed)
with open("data.bin", "wb") as file:
    file.write(bytes(range(256)))
with open("data.bin", "rb+") as file:
    file.seek(250)
    print(file.read(3), file.tell(), file.seek(-2, 2), file.read())
    file.seek(0)
    file.write(b"\xff")
print(open("data.bin", "rb").read()[:2])
try:
    open("notes.txt", "x")
except FileExistsError as error:
    print("exists", error.errno)
open("no/such/file.txt")
