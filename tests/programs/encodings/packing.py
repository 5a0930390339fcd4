import array
import base64
import struct
import zlib

header = struct.pack("<4sHIq?", b"SAND", 2, 0xDEADBEEF, -5, True)
print(header.hex(), struct.calcsize("<4sHIq?"), struct.unpack("<4sHIq?", header))
print(list(struct.iter_unpack(">H", b"\x00\x01\x00\x02")), struct.unpack_from("<f", struct.pack("<f", 0.1))[0])
print(base64.b64encode(b"any carnal pleas").decode(), base64.urlsafe_b64encode(b"\xfb\xff"), base64.b32encode(b"hi"), base64.b16decode("4869"))
packed = zlib.compress(b"spam " * 100, level=9)
print(len(packed) < 40, zlib.decompress(packed)[:10], zlib.crc32(b"hello"), zlib.adler32(b"hello"))
numbers = array.array("i", [3, 1, 2])
numbers.append(10)
print(numbers, numbers.itemsize, sum(numbers), numbers.tobytes()[:4], array.array("d", [0.5]).tolist())
view = memoryview(bytearray(b"abcdef"))
view[1:3] = b"XY"
print(bytes(view), view[::2].tolist(), view.nbytes)
base64.b64decode("a")
