import heapq

graph = {
    "A": {"B": 7, "C": 9, "F": 14}, "B": {"A": 7, "C": 10, "D": 15},
    "C": {"A": 9, "B": 10, "D": 11, "F": 2}, "D": {"B": 15, "C": 11, "E": 6},
    "E": {"D": 6, "F": 9}, "F": {"A": 14, "C": 2, "E": 9},
}


def dijkstra(start):
    distance, previous, queue = {start: 0}, {}, [(0, start)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if so_far > distance[node]:
            continue
        for neighbour, cost in graph[node].items():
            if (new := so_far + cost) < distance.get(neighbour, float("inf")):
                distance[neighbour], previous[neighbour] = new, node
                heapq.heappush(queue, (new, neighbour))
    return distance, previous


distance, previous = dijkstra("A")
path, node = [], "E"
while node != "A":
    path.insert(0, node)
    node = previous[node]
print(" -> ".join(["A", *path]), distance)
distance["E"]
