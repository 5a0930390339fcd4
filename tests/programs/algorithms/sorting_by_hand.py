import random


def merge_sort(xs):
    if len(xs) < 2:
        return xs
    middle = len(xs) // 2
    left, right = merge_sort(xs[:middle]), merge_sort(xs[middle:])
    merged = []
    while left and right:
        merged.append((left if left[0] <= right[0] else right).pop(0))
    return merged + left + right


def quick_sort(xs):
    if not xs:
        return []
    pivot, *rest = xs
    return quick_sort([x for x in rest if x < pivot]) + [pivot] + quick_sort([x for x in rest if x >= pivot])


def bubble_sort(xs):
    xs, swaps = list(xs), 0
    for end in range(len(xs) - 1, 0, -1):
        for i in range(end):
            if xs[i] > xs[i + 1]:
                xs[i], xs[i + 1] = xs[i + 1], xs[i]
                swaps += 1
    return xs, swaps


random.seed(4)
numbers = [random.randint(0, 99) for _ in range(40)]
print(numbers)
print(merge_sort(numbers) == quick_sort(numbers) == bubble_sort(numbers)[0] == sorted(numbers))
print(bubble_sort(numbers)[1], merge_sort(numbers)[:5])
words = ["banana", "Apple", "cherry", "apple"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=lambda w: (len(w), w), reverse=True))
sorted(words, key=None) == words
