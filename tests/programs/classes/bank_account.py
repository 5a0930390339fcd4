class InsufficientFunds(Exception):
    def __init__(self, account, amount):
        super().__init__(f"{account.owner} lacks {amount - account.balance:.2f}")
        self.account, self.amount = account, amount


class Account:
    interest = 0.01
    _count = 0

    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.__history = []
        type(self)._count += 1

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        if value < 0:
            raise InsufficientFunds(self, self._balance - value)
        self.__history.append(value - self._balance)
        self._balance = value

    @classmethod
    def opened(cls):
        return cls._count

    @staticmethod
    def is_valid(number: str) -> bool:
        return number.isdigit() and len(number) == 8

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self._balance})"

    def history(self):
        return tuple(self.__history)


class Savings(Account):
    interest = 0.05
    _count = 0

    def add_interest(self):
        self.balance *= 1 + self.interest


a, b = Account("Ann", 100), Savings("Bob", 200)
a.balance -= 30
b.add_interest()
print(a, b, a.history(), Account.opened(), Savings.opened(), Account.is_valid("12345678"))
print(sorted(vars(a)), a._Account__history)
try:
    a.balance -= 100
except InsufficientFunds as error:
    print("caught:", error, error.account is a)
b.balance = -1
