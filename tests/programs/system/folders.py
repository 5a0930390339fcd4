import glob
import os
import os.path as osp

os.makedirs("data/raw", exist_ok=True)
for i in range(3):
    with open(os.path.join("data", "raw", f"part{i}.txt"), "w") as f:
        f.write("x" * 10 * i)
print(sorted(os.listdir("data/raw")), os.path.exists("data"), osp.isdir("data/raw"), osp.isfile("data"), osp.getsize("data/raw/part2.txt"))
print(sorted(glob.glob("data/**/*.txt", recursive=True)), osp.splitext("a/b.tar.gz"), osp.basename("a/b"), osp.dirname("a/b/c"))
os.rename("data/raw/part0.txt", "data/empty.txt")
os.remove("data/raw/part1.txt")
for root, folders, files in sorted(os.walk("data")):
    print(root, sorted(folders), sorted(files))
with os.scandir("data") as entries:
    print(sorted((e.name, e.is_dir(), e.stat().st_size if e.is_file() else 0) for e in entries))
print(os.path.relpath("data/raw", "data"), os.path.join("a", "/b"), os.path.normpath("a/../b/./c"), os.sep, os.linesep == "\n")
print(os.getenv("SURELY_NOT_SET", "default"), os.path.abspath("x") == os.path.join(os.getcwd(), "x"), os.path.commonpath(["a/b", "a/c"]))
os.rmdir("data/raw")
