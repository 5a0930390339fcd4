def validate(record):
    problems = []
    for key, kind in {"name": str, "age": int}.items():
        try:
            if not isinstance(record[key], kind):
                raise TypeError(f"{key} is {type(record[key]).__name__}")
        except (KeyError, TypeError) as error:
            error.add_note(f"field {key}")
            problems.append(error)
    if problems:
        raise ExceptionGroup("invalid record", problems)
    return True

print(validate({"name": "x", "age": 1}))
try:
    validate({"age": "old"})
except ExceptionGroup as group:
    print(group, len(group.exceptions), [type(e).__name__ for e in group.exceptions])
    missing, rest = group.split(KeyError)
    print(missing.exceptions, rest.exceptions, group.subgroup(ValueError))
    nested = ExceptionGroup("outer", [group, OSError(2, "gone")])
    print([type(e).__name__ for e in nested.exceptions], nested.message, group.exceptions[0].__notes__)
    print(nested.subgroup(lambda e: isinstance(e, OSError)).exceptions)
raise ExceptionGroup("several", [ValueError(1), TypeError("two")])
