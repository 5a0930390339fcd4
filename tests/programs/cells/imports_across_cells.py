import collections.abc, math as m
from datetime import date as day, timedelta
from functools import *
# %%
print(m.pi, day(2024, 1, 31) + timedelta(1), isinstance({}, collections.abc.Mapping), reduce(max, [1, 3, 2]))
# %%
def lazy():
    from statistics import mean
    import json as j
    return j.dumps(mean([1, 2, 3]))
lazy()
# %%
class Inside:
    import string
    letters = string.ascii_letters[:3]
Inside.letters, Inside.string.digits
# %%
if True:
    import random
for _ in range(2):
    import random
random.seed(1)
random.randint(1, 100)
# %%
try:
    import surely_not_a_module
except ImportError:
    surely_not_a_module = None
surely_not_a_module is None
# %%
mean
# %%
try:
    from math import nothing_of_this_name
except ImportError as error:
    print(error.name, "nothing_of_this_name" in error.msg)
