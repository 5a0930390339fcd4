from PIL import Image
import io

def mandelbrot(c, limit=30):
    z = 0
    for n in range(limit):
        z = z * z + c
        if abs(z) > 2:
            return n
    return limit

width, height = 48, 32
image = Image.new("L", (width, height))
pixels = image.load()
for x in range(width):
    for y in range(height):
        pixels[x, y] = 255 - 8 * mandelbrot(complex(3 * x / width - 2.2, 2.4 * y / height - 1.2))
print(image.getextrema(), sum(image.tobytes()), image.getpixel((24, 16)))
buffer = io.BytesIO()
image.save(buffer, format="PNG")
print(Image.open(io.BytesIO(buffer.getvalue())).tobytes() == image.tobytes())
merged = Image.merge("RGB", [image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image.point(lambda v: v // 2)])
print(merged.getcolors(maxcolors=5000)[0][0] > 0, merged.split()[2].getextrema())
Image.open("nothing.png")
