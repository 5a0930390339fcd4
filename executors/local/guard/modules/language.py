"""Classes, functions, types and tasks."""

from __future__ import annotations

from executors.local.guard.modules.exports import Exports

EXPORTS = {
    "abc": Exports(
        "abstract classes",
        "ABC ABCMeta abstractclassmethod abstractmethod abstractproperty abstractstaticmethod"
        " get_cache_token update_abstractmethods",
    ),
    "asyncio": Exports(
        "tasks, queues and timeouts; threads are those of `threading`",
        "ALL_COMPLETED all_tasks as_completed Barrier BoundedSemaphore BrokenBarrierError"
        " CancelledError Condition create_eager_task_factory create_task current_task"
        " eager_task_factory ensure_future Event FIRST_COMPLETED FIRST_EXCEPTION Future gather"
        " get_event_loop get_running_loop Handle InvalidStateError iscoroutine"
        " iscoroutinefunction isfuture LifoQueue Lock new_event_loop PriorityQueue Queue"
        " QueueEmpty QueueFull QueueShutDown run run_coroutine_threadsafe Runner Semaphore"
        " set_event_loop shield sleep Task TaskGroup Timeout timeout timeout_at TimeoutError"
        " TimerHandle to_thread wait wait_for wrap_future",
        without={
            "create_subprocess_exec create_subprocess_shell SubprocessProtocol"
            " SubprocessTransport get_child_watcher set_child_watcher AbstractChildWatcher"
            " FastChildWatcher MultiLoopChildWatcher PidfdChildWatcher SafeChildWatcher"
            " ThreadedChildWatcher": "start programs",
            "open_connection open_unix_connection start_server start_unix_server AbstractServer"
            " Server BaseProtocol BaseTransport BufferedProtocol DatagramProtocol"
            " DatagramTransport Protocol ReadTransport SendfileNotAvailableError StreamReader"
            " StreamReaderProtocol StreamWriter Transport WriteTransport IncompleteReadError"
            " LimitOverrunError": "are for connections",
            "AbstractEventLoop AbstractEventLoopPolicy BaseEventLoop DefaultEventLoopPolicy"
            " EventLoop SelectorEventLoop get_event_loop_policy"
            " set_event_loop_policy": "make loops of other kinds",
            "_enter_task _get_running_loop _leave_task _register_task _set_running_loop"
            " _unregister_task": "are inner parts of loops",
        },
    ),
    "collections": Exports(
        "containers",
        "ChainMap Counter defaultdict deque namedtuple OrderedDict UserDict UserList UserString",
    ),
    "collections.abc": Exports(
        "the abstract kinds of containers",
        "AsyncGenerator AsyncIterable AsyncIterator Awaitable Buffer ByteString Callable"
        " Collection Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView"
        " Mapping MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set"
        " Sized ValuesView",
    ),
    "concurrent.futures": Exports(
        "pools of threads; the pool is the guard's own, and its threads end with the cell",
        "ALL_COMPLETED as_completed BrokenExecutor CancelledError Executor FIRST_COMPLETED"
        " FIRST_EXCEPTION Future InvalidStateError ThreadPoolExecutor TimeoutError wait",
        without={
            "ProcessPoolExecutor": "start processes (ThreadPoolExecutor has the same methods)",
        },
    ),
    "contextlib": Exports(
        "context managers around the code's own functions",
        "AbstractAsyncContextManager AbstractContextManager aclosing AsyncContextDecorator"
        " asynccontextmanager AsyncExitStack closing ContextDecorator contextmanager ExitStack"
        " nullcontext redirect_stderr redirect_stdout suppress",
        without={
            "chdir": "move the folder by which `open` judges paths",
        },
    ),
    "contextvars": Exports(
        "variables of tasks",
        "Context ContextVar copy_context Token",
    ),
    "copy": Exports(
        "copies; the attributes that a copy gets are judged",
        "copy deepcopy Error replace",
    ),
    "dataclasses": Exports(
        "dataclasses; the text that they are made from is judged",
        "asdict astuple dataclass Field field fields FrozenInstanceError InitVar is_dataclass"
        " KW_ONLY make_dataclass MISSING replace",
    ),
    "enum": Exports(
        "enumerations",
        "auto CONFORM CONTINUOUS EJECT Enum EnumCheck EnumDict EnumMeta EnumType Flag"
        " FlagBoundary global_enum_repr global_flag_repr global_str IntEnum IntFlag KEEP member"
        " NAMED_FLAGS nonmember pickle_by_enum_name pickle_by_global_name ReprEnum"
        " show_flag_values StrEnum STRICT UNIQUE unique verify",
        without={
            "global_enum": "write into the module that a class names",
            "property": "read attributes by a name of their own",
        },
    ),
    "functools": Exports(
        "functions of functions; those that read by name are the guard's own",
        "cache cached_property cmp_to_key lru_cache partial partialmethod reduce singledispatch"
        " singledispatchmethod total_ordering update_wrapper WRAPPER_ASSIGNMENTS WRAPPER_UPDATES"
        " wraps",
    ),
    "graphlib": Exports(
        "topological order",
        "CycleError TopologicalSorter",
    ),
    "queue": Exports(
        "queues",
        "Empty Full LifoQueue PriorityQueue Queue ShutDown SimpleQueue",
    ),
    "threading": Exports(
        "threads, which are bounded and end with the cell, and what they wait with",
        "active_count Barrier BoundedSemaphore BrokenBarrierError Condition current_thread"
        " enumerate Event get_ident get_native_id local Lock main_thread RLock Semaphore Thread"
        " ThreadError TIMEOUT_MAX Timer",
        without={
            "gettrace getprofile setprofile setprofile_all_threads settrace"
            " settrace_all_threads": "hand out frames",
            "excepthook ExceptHookArgs": "change or hold what is told of a failed thread",
            "stack_size": "change how much memory threads take",
        },
    ),
    "timeit": Exports(
        "the time of the code's own functions",
        "default_timer repeat timeit",
        without={
            "Timer": "run text",
        },
    ),
    "traceback": Exports(
        "exceptions as text",
        "format_exc format_exception format_exception_only print_exc print_exception",
        rest="hand out frames, or need a traceback, which nobody gets",
    ),
    "types": Exports(
        "kinds of objects",
        "AsyncGeneratorType BuiltinFunctionType BuiltinMethodType CapsuleType CellType"
        " ClassMethodDescriptorType CoroutineType DynamicClassAttribute EllipsisType FunctionType"
        " GeneratorType GenericAlias get_original_bases GetSetDescriptorType LambdaType"
        " MappingProxyType MemberDescriptorType MethodDescriptorType MethodType MethodWrapperType"
        " ModuleType new_class NoneType NotImplementedType prepare_class resolve_bases"
        " SimpleNamespace UnionType WrapperDescriptorType",
        without={
            "CodeType FrameType TracebackType": "make or hold code objects and frames",
            "coroutine": "change the code object of a function",
        },
    ),
    "typing": Exports(
        "type hints",
        "AbstractSet Annotated Any AnyStr assert_never assert_type AsyncContextManager"
        " AsyncGenerator AsyncIterable AsyncIterator Awaitable BinaryIO ByteString Callable cast"
        " ChainMap ClassVar clear_overloads Collection Concatenate Container ContextManager"
        " Coroutine Counter dataclass_transform DefaultDict Deque Dict Final final FrozenSet"
        " Generator Generic get_args get_origin get_overloads get_protocol_members Hashable IO"
        " is_protocol is_typeddict ItemsView Iterable Iterator KeysView List Literal"
        " LiteralString Mapping MappingView Match MutableMapping MutableSequence MutableSet"
        " NamedTuple Never NewType no_type_check no_type_check_decorator NoDefault NoReturn"
        " NotRequired Optional OrderedDict overload override ParamSpec ParamSpecArgs"
        " ParamSpecKwargs Pattern Protocol ReadOnly Required reveal_type Reversible"
        " runtime_checkable Self Sequence Set Sized SupportsAbs SupportsBytes SupportsComplex"
        " SupportsFloat SupportsIndex SupportsInt SupportsRound Text TextIO Tuple Type"
        " TYPE_CHECKING TypeAlias TypeAliasType TypedDict TypeGuard TypeIs TypeVar TypeVarTuple"
        " Union Unpack ValuesView",
        without={
            "ForwardRef get_type_hints": "run text",
        },
    ),
    "warnings": Exports(
        "warnings",
        "catch_warnings deprecated filterwarnings resetwarnings simplefilter warn",
        without={
            "formatwarning showwarning warn_explicit": "print lines of any file",
        },
    ),
    "weakref": Exports(
        "references that keep nothing alive",
        "CallableProxyType getweakrefcount getweakrefs proxy ProxyType ProxyTypes ref"
        " ReferenceType WeakKeyDictionary WeakMethod WeakSet WeakValueDictionary",
        without={
            "finalize": "call functions when the process ends",
        },
    ),
}
