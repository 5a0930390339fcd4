rooms = {"hall": {"north": "library", "east": "kitchen"}, "library": {"south": "hall"}, "kitchen": {"west": "hall", "down": "cellar"}, "cellar": {}}
script = iter("north read south east down dig up".split())
here, bag, log = "hall", set(), []


def say(text, *args):
    log.append(text.format(*args))
    print(log[-1])


for command in script:
    try:
        here = rooms[here][command]
    except KeyError:
        if (here, command) == ("library", "read"):
            bag.add("map")
            say("You find a {}.", *bag)
        elif command == "dig" and "map" in bag:
            say("Gold! You win in {} moves.", len(log) + 1)
            break
        else:
            say("You cannot {} in the {}.", command, here)
    else:
        say("You are in the {0}. Exits: {1}", here, ", ".join(sorted(rooms[here])) or "none")
len(log), here
