"""Acts on screen: extend, end and open protections, one or a ticked list, seen before done."""
