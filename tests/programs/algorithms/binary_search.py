from bisect import bisect_left, bisect_right, insort

grades = [33, 60, 70, 80, 90]
print(["FDCBA"[min(bisect_right(grades[1:], score), 4)] for score in (33, 99, 77, 70, 89, 90, 100)])
data = [1, 3, 3, 3, 7]
insort(data, 4)
print(data, bisect_left(data, 3), bisect_right(data, 3))


def search(xs, target):
    low, high, steps = 0, len(xs) - 1, 0
    while low <= high:
        steps += 1
        mid = (low + high) // 2
        if xs[mid] == target:
            return mid, steps
        if xs[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    else:
        return None, steps


print(search(range(0, 2000, 3), 999), search(range(0, 2000, 3), 1000))
bisect_left([("a", 2), ("b", 1)], 2, key=lambda pair: 3 - pair[1])
