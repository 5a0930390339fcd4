"""What to use instead of modules that code often asks for, as data."""

from __future__ import annotations

_TABLE = {
    "pathlib": "Use open() with relative paths; os, os.path and glob find files of the workspace.",
    "shutil tempfile fileinput": "Read and write files of the workspace with open(); os removes and"
    " renames them.",
    "subprocess pty pexpect": "No programs can be started here: do it in Python.",
    "socket ssl http urllib requests httpx aiohttp urllib3 ftplib smtplib imaplib websockets bs4"
    " selenium webbrowser": "There is no network here: call a tool that fetches, if you have one."
    " html.parser and urllib.parse are there for text.",
    "multiprocessing _thread joblib": "There is one process: threading, concurrent.futures and"
    " asyncio are there for what waits, a plain loop for what computes.",
    "concurrent": "concurrent.futures has ThreadPoolExecutor.",
    "pickle cPickle marshal shelve dill cloudpickle": "Use json, or keep the value in a variable:"
    " variables stay from cell to cell.",
    "logging loguru tqdm rich tabulate": "Use print(): it is shown at once.",
    "inspect dis code codeop pdb": "Print what you want to see: __name__, __doc__ and dir() work.",
    "importlib imp pkgutil runpy builtins __main__ site": "Write import statements for what is"
    " authorised.",
    "argparse getopt optparse click fire": "There is no command line here: put the values in"
    " the code.",
    "getpass readline curses": "Nobody can type here: put the values in the code.",
    "unittest doctest pytest": "Write plain assert statements.",
    "tkinter turtle pygame": "There is no screen: print, or draw with matplotlib where it is"
    " authorised.",
    "IPython ipywidgets": "display(value) shows a value, and the last expression is shown anyway.",
    "dotenv": "The code has no environment and no settings.",
    "platform": "sys.version and sys.platform tell what there is to know.",
    "locale": 'Formats such as f"{number:,.2f}" need no locale.',
    "gc ctypes cffi resource signal atexit faulthandler": "The interpreter itself is out of reach.",
    "sqlite3 sqlalchemy": "Keep the data in lists and dicts; csv and json read and write files.",
    "xml lxml": "html.parser and re read simple markup.",
    "numpy": "It is not authorised: use lists with math, statistics and itertools.",
    "pandas polars": "It is not authorised: csv, json, collections and statistics are.",
    "matplotlib seaborn plotly PIL": "It is not authorised: print a table or a text chart.",
    "scipy sympy sklearn networkx": "It is not authorised: math, statistics and fractions are.",
}
INSTEAD = {module: hint for modules, hint in _TABLE.items() for module in modules.split()}
"""Top-level module → a sentence."""
