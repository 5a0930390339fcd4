from PIL import Image, ImageDraw, ImageFilter, ImageOps

image = Image.new("RGB", (40, 30), "white")
draw = ImageDraw.Draw(image)
draw.rectangle((5, 5, 20, 20), fill=(255, 0, 0), outline="black")
draw.ellipse((18, 8, 35, 25), fill="#00ff00")
draw.line([(0, 0), (39, 29)], fill="blue", width=2)
draw.text((2, 18), "hi", fill="black")
small = image.resize((20, 15), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
print(image.size, image.mode, image.getpixel((7, 12)), small.getpixel((5, 5)), ImageOps.invert(image).getpixel((7, 12)))
print(image.convert("L").histogram()[255], image.crop((5, 5, 15, 15)).size, image.rotate(90, expand=True).size, image.getbbox())
image.save("drawing.png")
small.save("small.jpg", quality=80)
with Image.open("small.jpg") as again:
    print(again.format, again.size)
image
