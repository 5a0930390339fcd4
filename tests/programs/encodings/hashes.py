import hashlib
import uuid
from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlparse, urlsplit

for name in ("md5", "sha1", "sha256", "sha3_256", "blake2b"):
    print(f"{name:>9} {hashlib.new(name, b'hello').hexdigest()[:24]}")
digest = hashlib.sha256()
for part in (b"a", b"b"):
    digest.update(part)
print(digest.hexdigest() == hashlib.sha256(b"ab").hexdigest(), digest.digest_size, hashlib.pbkdf2_hmac("sha256", b"p", b"s", 10).hex()[:8])
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.UUID(int=5), uuid.UUID("{12345678-1234-5678-1234-567812345678}").hex)
url = urlparse("https://user@example.org:8080/a/b;c?q=1&q=2&r=%C3%A9#frag")
print(url, url.port, url.hostname, parse_qs(url.query))
print(quote("a b/é"), unquote("%41+b"), urlencode({"q": "x y", "n": [1, 2]}, doseq=True), urljoin("http://a/b/c", "../d"))


def chain(blocks):
    previous = "0" * 8
    for block in blocks:
        nonce = 0
        while not (h := hashlib.sha256(f"{previous}{block}{nonce}".encode()).hexdigest()).startswith("00"):
            nonce += 1
        yield block, nonce, h[:8]
        previous = h


print(*chain(["a", "b", "c"]), sep="\n")
urlsplit("http://h:99999").port
