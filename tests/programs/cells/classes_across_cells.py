class Animal:
    registry = []
    def __init__(self, name):
        self._name = name
        Animal.registry.append(self)
    def speak(self): return f"{self._name} says {self.sound()}"
    def sound(self): raise NotImplementedError(type(self).__name__)
# %%
class Dog(Animal):
    def sound(self): return "woof"
rex = Dog("Rex")
rex.speak()
# %%
def loud(self): return self.sound().upper() + "!"
Animal.shout = loud
Dog.sound = lambda self: "wuff"
print(rex.shout(), rex.speak())
# %%
class Dog(Animal):
    def sound(self): return "new"
print(isinstance(rex, Dog), isinstance(rex, Animal), rex.speak(), Dog("Max").speak(), len(Animal.registry))
# %%
Animal("Thing").speak()
# %%
[type(a).__name__ for a in Animal.registry]
