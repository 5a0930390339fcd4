class AppError(Exception):
    code = 1
    def __str__(self): return f"[{self.code}] {super().__str__() or 'no details'}"
class NotFound(AppError, LookupError): code = 404
class Denied(AppError):
    code = 403
    def __init__(self, user, *, reason="policy"):
        self.user, self.reason = user, reason
        super().__init__(f"{user} ({reason})")

def handle(error):
    try:
        raise error
    except LookupError as e:
        return "lookup", str(e)
    except (Denied, TimeoutError) as e:
        return "denied", str(e), getattr(e, "reason", None)
    except AppError as e:
        return "app", repr(e)
    else:
        return "never"

print(handle(NotFound("page")), handle(Denied("bob", reason="age")), handle(AppError()), handle(TimeoutError("slow")))
errors = (ValueError, KeyError)
try:
    raise KeyError("dynamic")
except errors as e:
    caught = e
try:
    e
except NameError as error:
    print(error)
print(caught.args, isinstance(caught, errors), issubclass(NotFound, (KeyError, AppError)))
raise Denied("eve")
