"""Product pages: {"products": [{"title": "Lamp", "slug": "lamp", "price": "9,99 EUR"}]} -> HTML, one page each."""

import html
import os
from string import Template

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.html"), encoding="utf-8") as file:
    PAGE = Template(file.read())


def render(product, shop_name, base_url):
    values = {
        "title": product["title"],
        "price": product["price"],
        "address": base_url + product["slug"],
        "shop": shop_name,
    }
    return PAGE.substitute({key: html.escape(value) for key, value in values.items()})


def handler(event, context):
    shop_name = context.getUserData("SHOP_NAME") or "Shop"
    base_url = context.getUserData("BASE_URL") or "/"
    pages, skipped = {}, []
    for product in event.get("products", []):
        if all(isinstance(product.get(key), str) and product[key] for key in ("title", "slug", "price")):
            pages[product["slug"]] = render(product, shop_name, base_url)
        else:
            skipped.append(product.get("title", "untitled"))
    context.getLogger().info("made %d pages, skipped %d products" % (len(pages), len(skipped)))
    return {"pages": pages, "skipped": skipped}
