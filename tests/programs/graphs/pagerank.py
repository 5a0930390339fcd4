links = {"a": "bc", "b": "c", "c": "a", "d": "c"}
rank = {node: 1 / len(links) for node in links}
for turn in range(100):
    new = {node: 0.15 / len(links) for node in links}
    for node, out in links.items():
        for target in out:
            new[target] += 0.85 * rank[node] / len(out)
    change = sum(abs(new[n] - rank[n]) for n in links)
    rank = new
    if change < 1e-10:
        print("steady after", turn, "turns")
        break
{node: round(value, 6) for node, value in sorted(rank.items(), key=lambda kv: -kv[1])}
