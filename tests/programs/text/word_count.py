from collections import Counter

text = """The quick brown fox jumps over the lazy dog. The dog sleeps; the fox runs away!
A fox is quick, a dog is lazy."""

words = [word.strip(".,;!").lower() for word in text.split()]
counts = Counter(words)
for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6]:
    print(f"{word:<8} {count:>3} {'#' * count}")
print(sum(counts.values()), len(counts))
counts.most_common(1)[0]
