"""What code may say, as data: what is not named here is refused."""

from __future__ import annotations

from executors.local.guard.modules import MODULES


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


DEFAULT_IMPORTS = tuple(MODULES)
"""Modules of the standard library that any cell may import, as filtered copies."""

NODES = _names(
    # statements
    "Assign AugAssign AnnAssign For AsyncFor While If With AsyncWith Match Raise Try Assert Import"
    " ImportFrom Global Nonlocal Expr Pass Break Continue Delete Return FunctionDef"
    " AsyncFunctionDef ClassDef TypeAlias"
    # expressions
    " BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp"
    " Await Yield YieldFrom Compare Call FormattedValue JoinedStr Constant Attribute Subscript"
    " Starred Name List Tuple Slice"
    # operators and contexts
    " And Or Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv Invert"
    " Not UAdd USub Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn Load Store Del"
    # parts
    " Module comprehension ExceptHandler arguments arg keyword alias withitem match_case MatchValue"
    " MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr TypeVar"
    " ParamSpec TypeVarTuple"
)
"""Kinds of syntax that have been reviewed. New syntax is refused until it is named here."""

REFUSED_NODES = {
    "TryStar": "`except*` may not be used: catch ExceptionGroup with `except` instead",
    "TemplateStr": "t-strings may not be used: write an f-string",
    "Interpolation": "t-strings may not be used: write an f-string",
}
"""Kinds of syntax that have been reviewed and are refused, with the words for it."""

UNUSED_NODES = _names(
    "Interactive Expression FunctionType TypeIgnore"
    " Num Str Bytes NameConstant Ellipsis Index ExtSlice Suite Param AugLoad AugStore"
)
"""Kinds of nodes that no cell is parsed to: other roots, and what Python keeps for old programs."""

DENIED_ATTRIBUTES = _names(
    "f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace tb_frame tb_next"
    " gi_code gi_frame gi_yieldfrom cr_await cr_code cr_frame cr_origin ag_await ag_code ag_frame"
    " co_code co_consts co_names co_varnames func_globals func_code get_stack print_stack"
)
"""Public names that lead to frames, code objects or text that is run."""

TEXT_RUNNERS = frozenset({"query", "eval"})
"""Methods of data libraries that run text as code. Functions of the code itself may be named so."""

FORMATS = frozenset({"format", "format_map"})
"""Methods of str that read attributes by name at run time."""

KEPT = _names(
    "obj"  # of an AttributeError: anything
    # of an event loop: programs, connections, descriptors and signals
    " subprocess_exec subprocess_shell add_reader"
    " remove_reader add_writer remove_writer add_signal_handler remove_signal_handler"
    " connect_read_pipe connect_write_pipe connect_accepted_socket create_connection create_server"
    " create_datagram_endpoint create_unix_connection create_unix_server getaddrinfo getnameinfo"
    " sendfile start_tls sock_accept sock_connect sock_recv sock_recv_into sock_recvfrom"
    " sock_recvfrom_into sock_sendall sock_sendfile sock_sendto"
)
"""Public names that are judged like private ones: they may be used of own classes only."""

CHECKED_DUNDERS = frozenset({"__dict__", "__getattribute__", "__setattr__", "__delattr__"})
"""Read through a run-time check."""

READABLE_DUNDERS = _names(
    "__name__ __qualname__ __doc__ __module__ __class__ __annotations__ __version__ __all__"
    " __slots__ __match_args__ __members__ __mro__ __bases__ __dataclass_fields__ __args__"
    " __origin__ __cause__ __context__ __suppress_context__ __notes__ __file__ __wrapped__ __func__"
    " __abstractmethods__ __required_keys__ __optional_keys__ __total__ __type_params__ __value__"
    " __bound__ __constraints__ __parameters__ __supertype__ __orig_class__"
    " __init__ __new__ __init_subclass__ __set_name__ __post_init__ __class_getitem__ __call__"
    " __repr__ __str__ __bytes__ __format__ __hash__ __bool__ __len__ __length_hint__"
    " __getitem__ __setitem__ __delitem__ __missing__ __iter__ __next__ __reversed__"
    " __contains__ __enter__ __exit__ __aenter__ __aexit__ __aiter__ __anext__ __await__"
    " __lt__ __le__ __eq__ __ne__ __gt__ __ge__ __add__ __sub__ __mul__ __matmul__ __truediv__"
    " __floordiv__ __mod__ __divmod__ __pow__ __lshift__ __rshift__ __and__ __xor__ __or__"
    " __radd__ __rsub__ __rmul__ __rmatmul__ __rtruediv__ __rfloordiv__ __rmod__ __rdivmod__"
    " __rpow__ __rlshift__ __rrshift__ __rand__ __rxor__ __ror__ __iadd__ __isub__ __imul__"
    " __imatmul__ __itruediv__ __ifloordiv__ __imod__ __ipow__ __ilshift__ __irshift__ __iand__"
    " __ixor__ __ior__ __neg__ __pos__ __abs__ __invert__ __complex__ __int__ __float__ __index__"
    " __round__ __trunc__ __floor__ __ceil__ __copy__ __deepcopy__ __get__ __set__ __delete__"
    " __instancecheck__ __subclasscheck__ __prepare__ __sizeof__ __dir__"
)
"""Names with double underscores that may be read of anything: plain data and operators."""

WRITABLE_DUNDERS = _names("__doc__ __name__ __qualname__ __annotations__ __notes__ __cause__")
"""Names with double underscores that may be set as attributes."""

DEFINABLE_DUNDERS = READABLE_DUNDERS | _names(
    "__getattr__ __getattribute__ __setattr__ __delattr__ __del__ __reduce__ __hash__"
    " __slots__ __match_args__ __getstate__ __setstate__ __getnewargs__ __subclasshook__"
    " __metaclass__"
)
"""Names with double underscores that a class body may define."""

OPEN_PRIVATE = _names(
    "_ _asdict _replace _fields _make _field_defaults _value_ _name_ _missing_"
    " _generate_next_value_ _ignore_ _order_ _member_map_ _value2member_map_ _member_names_"
    " _repr_html_ _repr_png_ _repr_svg_ _repr_markdown_"
)
"""Documented names with one underscore, readable of anything but a module."""

BUILTINS = _names(
    "abs aiter all anext any ascii bin bool bytearray bytes callable chr classmethod complex"
    " dict dir divmod enumerate filter float format frozenset hash hex id int isinstance"
    " issubclass iter len list map max memoryview min next object oct ord pow print property"
    " range repr reversed round set slice sorted staticmethod str sum super tuple type zip"
    " Ellipsis NotImplemented __build_class__ __debug__"
)
"""Builtins that are what they always are; all exception types too."""

GUARDED_BUILTINS = _names("__import__ None True False getattr setattr delattr hasattr vars open")
"""Builtins that the guard has a version of its own of, or that only C code and the parser find."""

REFUSED_BUILTINS = {
    "exec": "Write the code itself in the cell.",
    "eval": "Write the expression itself; for text that holds data use json.loads.",
    "compile": "Write the code itself in the cell.",
    "globals": "Use a dict of your own for names that are made at run time.",
    "locals": "Use a dict of your own for names that are made at run time.",
    "input": "Nobody can type here: put the value in the code, or ask in your reply.",
    "breakpoint": "Print the values that you want to see.",
    "exit": "A cell ends at its last line; to end the task call final_answer(…).",
    "quit": "A cell ends at its last line; to end the task call final_answer(…).",
    "help": "Print the function's __doc__.",
}
"""What to do instead of each builtin that is refused."""
