import bz2
import gzip
import lzma
text = ("all work and no play " * 50).encode()
for module in (gzip, bz2, lzma):
    packed = module.compress(text)
    print(module.__name__, len(packed) < len(text), module.decompress(packed) == text)
with open("text.gz", "wb") as file:
    file.write(gzip.compress("line é\n".encode() * 3, mtime=0))
print(gzip.decompress(open("text.gz", "rb").read()).decode().count("é"))
gzip.decompress(b"not gzip")
