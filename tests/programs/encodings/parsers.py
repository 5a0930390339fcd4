import ast
import fnmatch
import hmac
import ipaddress
from html.parser import HTMLParser


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self._text, self._open = [], [], None

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self._open = dict(attrs).get("href")

    def handle_data(self, data):
        if self._open:
            self.links.append((self._open, data.strip()))

    def handle_endtag(self, tag):
        if tag == "a":
            self._open = None


parser = Links()
parser.feed('<p>See <a href="/x?a=1&amp;b=2">the &lt;x&gt;</a> or <a name=q>none</a><br/></p>')
print(parser.links)
print(ast.literal_eval("{'a': [1, (2, None)], 'b': -1.5, 'c': b'x'}"), fnmatch.filter(["a.py", "b.txt"], "*.py"))
print(hmac.new(b"key", b"message", "sha256").hexdigest()[:16], hmac.compare_digest("a", "a"))
network = ipaddress.ip_network("192.168.1.0/29")
print(network.num_addresses, [str(h) for h in network.hosts()][:2], ipaddress.ip_address("192.168.1.5") in network, ipaddress.ip_address("::1").is_loopback)
ast.literal_eval("len('x')")
