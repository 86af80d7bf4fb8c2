# SPDX-License-Identifier: GPL-3.0-or-later
#
# What all pictures have in common. Loaded first, then a picture's own script.

set encoding utf8
set decimalsign '.'

# The same fonts everywhere: a viewer substitutes its own sans-serif face.
font_face = 'sans-serif'
svg_terminal(w, h) = sprintf("set terminal svg size %d,%d fixed font '%s,12' background '#ffffff'", \
	w, h, font_face)

# Okabe and Ito's colours, told apart with any kind of colour vision; yellow is
# left out, too pale for a line on white. The second list is the same mixed with
# white, for what lies under another line. The eighth series begins anew, dashed.
palette = '#0072b2 #d55e00 #009e73 #cc79a7 #56b4e9 #e69f00 #000000'
palette_pale = '#99c7e0 #eebf99 #99d8c7 #ebc9dc #bbe1f6 #f5d999 #999999'
colour(n) = word(palette, 1 + (n - 1) % words(palette))
pale(n) = word(palette_pale, 1 + (n - 1) % words(palette))
dashes(n) = n > words(palette) ? 2 : 1

ink = '#404040'
set border 3 linecolor rgb ink linewidth 0.8
set tics nomirror out scale 0.5 textcolor rgb ink
set grid xtics ytics linecolor rgb '#d8d8d8' linewidth 0.6 linetype 1
unset key
