// Node has no compressor for these formats: each was made once of what it is said to be made of.

/** LAYER by `xz -9` 5.4.1. */
export const XZ_LAYER = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Af/ADpdADebiMxTGhrbwjlO3VEqeh9SZSVjRF+6v6Szn1LH16mr2e43/PUBXlBLNF+VPv7796jVuT' +
    'iH6tzlswAAAAA2gLOaoslDOwABVoAQAAAAOth9+LHEZ/sCAAAAAARZWg==',
  'base64',
)

/** LAYER by `bzip2 -9` 1.0.8. */
export const BZIP2_LAYER = Buffer.from(
  'QlpoOTFBWSZTWQPjlNUAAC5bgMmAQABdAAACYgGeAAgIIABUNIAADT1BIlBoemoAVmP5GA2gNOpsTtrYQwcwKGIqERa7KD3sC8HQ4qSYInxdyR' +
    'ThQkAPjlNU',
  'base64',
)

/** The archive that Docker writes of APP, `dockerArchive(APP)`, by `xz -9` 5.4.1. */
export const XZ_ARCHIVE = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4BX/AXNdADEMAuN8uSsFm/tN9k2YNofVnzKtsEVFCrKZaoL2bv9AHZfGcMpIrvgpP81mv0gEiftLAB' +
    'HXJY0bEYbiogAa1Da3wyK/XICR1tYj55IRtVFSJtM82xzGhqFhbJ0K+nI/0HZhy9a8WB5gvdZbWgIawrJ0Ar2l8WTy8XKBTEsNbxdOC4dsfSpP' +
    'Uy3WLYpIZ6D6ZFDiWEGfoskJDqD9Z8N0AGKSnizCh+Pp39CvODTSkMf+Imi6DS80O+NzgSuU539tWhDa9yr9WoUIoyMXqpa2TaabC6dZL5TR8T' +
    'dUHbn44Sd6xNLncpOtOsDLRLXBpvcjyKQUG3cf+GkKC8zOiMmDRDikowm5CEH2b56AGTC7zsvruDHZDfHvvIwG4izRCX5YjtIvLT7lw7c6O+V4' +
    'IT4onRFMXLyd19xgXTKp0Twn363ju9P9or7aiSc1obmhHImI6dJSvCXNceckIBlsRPyktgsnZoDpy3Mw/32OguEzXZUnXukAAACxgXkjWN9Pvw' +
    'ABjwOALAAAvwEdt7HEZ/sCAAAAAARZWg==',
  'base64',
)

/** The same by `bzip2 -9` 1.0.8. */
export const BZIP2_ARCHIVE = Buffer.from(
  'QlpoOTFBWSZTWQ+4EfkAASh/gM2AAQhQBf/wiAQcGv/332oICDABmApBKSIwIaaMTRpoA0ADJgmhgNAAANAAAAAAEkkyMJqYSno9JPJBibSB6n' +
    'qYj1NqcuPRm8sQHezLve5FwhmQka9uzbQNAqBpBq5AwTQJgBhYc/WWH5axDvbsMsG+PCDnQHDDrNm4Oun9aZM3hmgWYMhGLAjdv8a2gGjGjE4j' +
    '/wcTiHFdo88TD/OUrFNa04cuS4KKkqq2Kcrl4YlZl5qTy9fSkakCJapjk9WhXvdRUHVgGppKwmZLFVVVNErpqfgZDFKFU2sJD4K1WlgPKmK8h5' +
    'eVWKkRLVgMmTElcb0sObjBk3Nu5dPlB7FFgbSmAxo8Qk7dquAirUonXzkKRkiQ0sYSUlIkUDasHrYdpBbke5DHCbrDqUDYxkMref6JfCRqVFEo' +
    'nI1mmazMRZL+dAhFXncUV63mpXXqKzMzBxt5X2MZ3DVsqSskN+CZEVi0vJMWP63G2ZIXURQq5hcZZqWggYuRloHsqgU+681HcEfJx8L9cV8710' +
    'GgA/i7kinChIB9wI/I',
  'base64',
)
