"""What analysis needs works in a locked process, without the guard and with it."""

from __future__ import annotations

import importlib.util

import pytest

from executors.base import ExecutorSpec
from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import Attack, neighbours, run

PROGRAMS = {
    "files": """
import pathlib, shutil
pathlib.Path('a').mkdir()
pathlib.Path('a/one.txt').write_text('x' * 10)
shutil.copy2('a/one.txt', 'two.txt')
pathlib.Path('a/one.txt').rename('three.txt')
shutil.rmtree('a')
sorted(os.listdir()) == ['secret.txt', 'three.txt', 'two.txt'] or sorted(os.listdir())""",
    "temporary files": """
import tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
    file.write(b'x')
    open(folder + '/y', 'w').write('y')
    found = os.path.exists(file.name)
found""",
    "an archive": """
import zipfile
with zipfile.ZipFile('a.zip', 'w') as archive:
    archive.writestr('x.txt', 'hello')
zipfile.ZipFile('a.zip').extractall('out')
open('out/x.txt').read() == 'hello'""",
    "a database": """
import sqlite3
with sqlite3.connect('data.db') as db:
    db.execute('create table t (a)')
    db.execute('insert into t values (1)')
list(db.execute('select * from t')) == [(1,)]""",
    "asyncio": """
import asyncio
async def one(n):
    await asyncio.sleep(0.01)
    return n
await asyncio.gather(*map(one, range(5))) == [0, 1, 2, 3, 4]""",
    "time zones": """
import datetime, zoneinfo
zone = zoneinfo.ZoneInfo('Europe/Berlin')
datetime.datetime(2026, 7, 1, tzinfo=zone).utcoffset().seconds == 7200""",
    "random numbers": "import secrets, uuid\nlen(secrets.token_hex() + uuid.uuid4().hex) == 96",
    "modules that were not loaded before": "import decimal, xml.dom.minidom, ctypes\nTrue",
    "sleeping and timing": "import time\ntime.sleep(0.01)\ntime.monotonic() > 0",
    "a program is refused in plain words": """
import subprocess
try:
    subprocess.run(['ls'])
except PermissionError as exc:
    found = 'not permitted' in str(exc)
found""",
    "a file outside is refused in plain words": """
try:
    open('/etc/passwd')
except PermissionError as exc:
    found = 'denied' in str(exc)
found""",
    "threads": """
import threading
found = []
threads = [threading.Thread(target=found.append, args=(n,)) for n in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sorted(found) == list(range(8))""",
    "memory runs out as an exception": """
try:
    bytearray(1 << 40)
except MemoryError:
    found = True
found""",
}


@pytest.mark.parametrize("name", PROGRAMS)
async def test_it_works(name: str, both: tuple[LocalExecutorFactory, LocalExecutorFactory]) -> None:
    nothing = Attack(code="")
    async with neighbours(both[0], nothing) as (executor, _):
        await run(executor, "open('secret.txt', 'w').close()\nimport os")
        end = await run(executor, PROGRAMS[name])
        assert (end.value, end.error) == ("True", None)


LIBRARIES = ("numpy", "pandas", "matplotlib", "PIL")
DATA = [
    "import numpy as np\nfloat(np.linalg.inv(np.eye(60) * 2)[0, 0])",
    "(np.ones((500, 500)) @ np.ones((500, 500)))[0, 0] == 500.0",
    """
import pandas as pd
times = pd.date_range('2026-01-01', periods=3, tz='Europe/Berlin')
frame = pd.DataFrame({'a': [1, 2, 3], 't': times})
frame.to_csv('x.csv', index=False)
pd.read_csv('x.csv').a.sum() == 6""",
    """
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2, 3])
axes.set_title('$x^2$ é')
plt.savefig('p.png')
plt.close('all')""",
    """
from PIL import Image
Image.new('RGB', (9, 5)).save('i.jpg')
Image.open('i.jpg').size == (9, 5)""",
]


@pytest.mark.skipif(
    not all(map(importlib.util.find_spec, LIBRARIES)), reason="the data libraries are not installed"
)
@pytest.mark.parametrize("preload", [(), ("numpy", "pandas", "matplotlib.pyplot", "PIL.Image")])
async def test_data_libraries_work_under_both_walls(preload: tuple[str, ...]) -> None:
    factory = LocalExecutorFactory(preload=preload, require_lockdown=True)
    spec = ExecutorSpec(call_tool=print, additional_authorized_imports=LIBRARIES)
    async with factory(spec) as executor:
        for code in DATA:
            end = await run(executor, code)
            assert end.error is None
            assert end.value in ("0.5", "True", "np.True_", None)
    await factory.aclose()
