"""Text, bytes and the formats of data."""

from __future__ import annotations

from executors.local.guard.modules.exports import Exports

EXPORTS = {
    "ast": Exports(
        "reads literals",
        "literal_eval",
        rest="are classes by which the guard reads code: to change one changes what it sees",
    ),
    "base64": Exports(
        "bytes as text",
        "a85decode a85encode b16decode b16encode b32decode b32encode b32hexdecode b32hexencode"
        " b64decode b64encode b85decode b85encode decode decodebytes encode encodebytes"
        " standard_b64decode standard_b64encode urlsafe_b64decode urlsafe_b64encode z85decode"
        " z85encode",
    ),
    "binascii": Exports(
        "bytes as text",
        "a2b_base64 a2b_hex a2b_qp a2b_uu b2a_base64 b2a_hex b2a_qp b2a_uu crc32 crc_hqx Error"
        " hexlify Incomplete unhexlify",
    ),
    "bz2": Exports(
        "compression in memory",
        "BZ2Compressor BZ2Decompressor compress decompress",
        without={
            "BZ2File open": "open files by themselves",
        },
    ),
    "csv": Exports(
        "tables of files that the code has opened",
        "Dialect DictReader DictWriter Error excel excel_tab field_size_limit get_dialect"
        " list_dialects QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC QUOTE_NOTNULL"
        " QUOTE_STRINGS reader register_dialect Sniffer unix_dialect unregister_dialect writer",
    ),
    "difflib": Exports(
        "differences of texts",
        "context_diff diff_bytes Differ get_close_matches HtmlDiff IS_CHARACTER_JUNK"
        " IS_LINE_JUNK Match ndiff restore SequenceMatcher unified_diff",
    ),
    "fnmatch": Exports(
        "patterns of file names, as text",
        "filter fnmatch fnmatchcase translate",
    ),
    "gzip": Exports(
        "compression in memory",
        "BadGzipFile compress decompress",
        without={
            "GzipFile open": "open files by themselves",
        },
    ),
    "hashlib": Exports(
        "hashes",
        "algorithms_available algorithms_guaranteed blake2b blake2s file_digest md5 new"
        " pbkdf2_hmac scrypt sha1 sha224 sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512"
        " shake_128 shake_256",
    ),
    "hmac": Exports(
        "keyed hashes",
        "compare_digest digest HMAC new",
        without={
            "trans_36 trans_5C digest_size": "are inner tables",
        },
    ),
    "html": Exports(
        "special characters",
        "escape unescape",
    ),
    "html.entities": Exports(
        "tables of special characters",
        "codepoint2name entitydefs html5 name2codepoint",
    ),
    "html.parser": Exports(
        "a parser that calls the code's own methods",
        "HTMLParser",
    ),
    "io": Exports(
        "streams in memory; `open` is the guard's own",
        "BlockingIOError BufferedIOBase BufferedRandom BufferedReader BufferedRWPair"
        " BufferedWriter BytesIO DEFAULT_BUFFER_SIZE IncrementalNewlineDecoder IOBase open"
        " RawIOBase SEEK_CUR SEEK_END SEEK_SET StringIO text_encoding TextIOBase TextIOWrapper"
        " UnsupportedOperation",
        without={
            "FileIO open_code": "open files by themselves",
        },
    ),
    "ipaddress": Exports(
        "addresses as numbers; nothing is connected",
        "AddressValueError collapse_addresses get_mixed_type_key ip_address ip_interface"
        " ip_network IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network"
        " NetmaskValueError summarize_address_range v4_int_to_packed v6_int_to_packed",
        without={
            "IPV4LENGTH IPV6LENGTH": "are inner constants",
        },
    ),
    "json": Exports(
        "data as text",
        "dump dumps JSONDecodeError JSONDecoder JSONEncoder load loads",
    ),
    "keyword": Exports(
        "lists of words",
        "iskeyword issoftkeyword kwlist softkwlist",
    ),
    "lzma": Exports(
        "compression in memory",
        "CHECK_CRC32 CHECK_CRC64 CHECK_ID_MAX CHECK_NONE CHECK_SHA256 CHECK_UNKNOWN compress"
        " decompress FILTER_ARM FILTER_ARMTHUMB FILTER_DELTA FILTER_IA64 FILTER_LZMA1"
        " FILTER_LZMA2 FILTER_POWERPC FILTER_SPARC FILTER_X86 FORMAT_ALONE FORMAT_AUTO FORMAT_RAW"
        " FORMAT_XZ is_check_supported LZMACompressor LZMADecompressor LZMAError MF_BT2 MF_BT3"
        " MF_BT4 MF_HC3 MF_HC4 MODE_FAST MODE_NORMAL PRESET_DEFAULT PRESET_EXTREME",
        without={
            "LZMAFile open": "open files by themselves",
        },
    ),
    "pprint": Exports(
        "values as text",
        "isreadable isrecursive pformat pp pprint PrettyPrinter saferepr",
    ),
    "re": Exports(
        "patterns; one that runs long ends at the limit of time",
        "A ASCII compile DEBUG DOTALL error escape findall finditer fullmatch I IGNORECASE L"
        " LOCALE M Match match MULTILINE NOFLAG Pattern PatternError purge RegexFlag S search"
        " split sub subn template U UNICODE VERBOSE X",
    ),
    "string": Exports(
        "constants and templates",
        "ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits"
        " printable punctuation Template whitespace",
        without={
            "Formatter": "read attributes by names in a text",
        },
    ),
    "struct": Exports(
        "numbers as bytes",
        "calcsize error iter_unpack pack pack_into Struct unpack unpack_from",
    ),
    "textwrap": Exports(
        "paragraphs",
        "dedent fill indent shorten TextWrapper wrap",
    ),
    "unicodedata": Exports(
        "properties of characters",
        "bidirectional category combining decimal decomposition digit east_asian_width"
        " is_normalized lookup mirrored name normalize numeric UCD ucd_3_2_0 unidata_version",
    ),
    "urllib.parse": Exports(
        "addresses as text; nothing is connected",
        "DefragResult DefragResultBytes parse_qs parse_qsl ParseResult ParseResultBytes quote"
        " quote_from_bytes quote_plus SplitResult SplitResultBytes unquote unquote_plus"
        " unquote_to_bytes urldefrag urlencode urljoin urlparse urlsplit urlunparse urlunsplit",
    ),
    "uuid": Exports(
        "random and named identifiers",
        "NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 RESERVED_FUTURE"
        " RESERVED_MICROSOFT RESERVED_NCS RFC_4122 SafeUUID UUID uuid3 uuid4 uuid5",
        without={
            "getnode uuid1": "look for a network card with other programs",
            "main": "read the command line",
            "bytes_ int_ Enum os sys": "are imports of its own",
        },
    ),
    "zlib": Exports(
        "compression in memory",
        "adler32 compress compressobj crc32 decompress decompressobj DEF_BUF_SIZE DEF_MEM_LEVEL"
        " DEFLATED error MAX_WBITS Z_BEST_COMPRESSION Z_BEST_SPEED Z_BLOCK Z_DEFAULT_COMPRESSION"
        " Z_DEFAULT_STRATEGY Z_FILTERED Z_FINISH Z_FIXED Z_FULL_FLUSH Z_HUFFMAN_ONLY"
        " Z_NO_COMPRESSION Z_NO_FLUSH Z_PARTIAL_FLUSH Z_RLE Z_SYNC_FLUSH Z_TREES"
        " ZLIB_RUNTIME_VERSION ZLIB_VERSION",
    ),
}
