/* What we use of zstd, as WebAssembly: one compressor and one decompressor, of frame after frame. */

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A thread cannot be ended within WebAssembly's one instruction that fills memory, and the tables of high levels keep it
   there for half a second; in a loop it can. */
#define LARGE_TABLE ((size_t)1 << 20)

static __attribute__((noinline)) void setLarge(char *at, int value, size_t size) {
  uint64_t const eight = (uint64_t)(unsigned char)value * 0x0101010101010101;
  /* Volatile, or the compiler makes that instruction of it. */
  for (; size >= 8; at += 8, size -= 8) *(volatile uint64_t *)at = eight;
  for (; size > 0; at++, size--) *(volatile char *)at = (char)value;
}

static inline __attribute__((always_inline)) void setBytes(void *at, int value, size_t size) {
  if (size <= LARGE_TABLE) __builtin_memset(at, value, size);
  else setLarge(at, value, size);
}

/* zstd leaves to others what its memory is copied and set by. */
#define ZSTD_DEPS_COMMON
#define ZSTD_memcpy(to, from, size) __builtin_memcpy((to), (from), (size))
#define ZSTD_memmove(to, from, size) __builtin_memmove((to), (from), (size))
#define ZSTD_memset(at, value, size) setBytes((at), (value), (size))

#define ZSTDLIB_VISIBLE static
#define ZSTDLIB_STATIC_API static
#define ZSTDERRORLIB_VISIBLE static
#define ZDICTLIB_VISIBLE static
#define ZDICTLIB_STATIC_API static
#include "zstd.c"

#define EXPORT(name) __attribute__((export_name(#name))) name

static ZSTD_CCtx *compressor;
static ZSTD_DCtx *decompressor;

/* How far the last call came in its input and its output. */
static size_t used;
static size_t made;

static size_t noted(size_t code, ZSTD_inBuffer in, ZSTD_outBuffer out) {
  used = in.pos;
  made = out.pos;
  return code;
}

size_t EXPORT(getUsed)(void) { return used; }
size_t EXPORT(getMade)(void) { return made; }
unsigned EXPORT(getVersion)(void) { return ZSTD_versionNumber(); }

/* 0 if the code that a call returned is no failure. */
unsigned EXPORT(failureOf)(size_t code) { return (unsigned)ZSTD_getErrorCode(code); }
const char *EXPORT(nameOf)(size_t code) { return ZSTD_getErrorName(code); }

void *EXPORT(allocate)(size_t size) { return malloc(size); }
void EXPORT(giveBack)(void *memory) { free(memory); }
size_t EXPORT(boundOf)(size_t size) { return ZSTD_compressBound(size); }

/* No window need be larger than a frame, nor what finds things in it: it would only take memory. */
#define LARGEST_FRAME (8 << 20)

/* The parameter as it suits the largest frame, if the level would have a larger window; else that of the level. */
#define SET(parameter, value) ZSTD_CCtx_setParameter(compressor, parameter, isLarger ? (int)(value) : 0)

/* Forgets a frame that was begun. */
size_t EXPORT(beginCompressing)(int level) {
  if (compressor == NULL) compressor = ZSTD_createCStream();
  if (compressor == NULL) return ERROR(memory_allocation);
  size_t code = ZSTD_initCStream(compressor, level);
  ZSTD_compressionParameters const usual = ZSTD_getCParams(level, 0, 0);
  ZSTD_compressionParameters const fit = ZSTD_adjustCParams(usual, LARGEST_FRAME, 0);
  int const isLarger = fit.windowLog < usual.windowLog;
  if (!ZSTD_isError(code)) code = SET(ZSTD_c_windowLog, fit.windowLog);
  if (!ZSTD_isError(code)) code = SET(ZSTD_c_chainLog, fit.chainLog);
  if (!ZSTD_isError(code)) code = SET(ZSTD_c_hashLog, fit.hashLog);
  return code;
}

size_t EXPORT(compress)(const void *input, size_t size, void *output, size_t room) {
  ZSTD_inBuffer in = {input, size, 0};
  ZSTD_outBuffer out = {output, room, 0};
  size_t const code = ZSTD_compressStream(compressor, &out, &in);
  return noted(code, in, out);
}

/* Returns 0 when the frame is whole. */
size_t EXPORT(endCompressing)(void *output, size_t room) {
  ZSTD_inBuffer in = {NULL, 0, 0};
  ZSTD_outBuffer out = {output, room, 0};
  size_t const code = ZSTD_endStream(compressor, &out);
  return noted(code, in, out);
}

/* Forgets a frame that was begun. */
size_t EXPORT(beginDecompressing)(void) {
  if (decompressor == NULL) decompressor = ZSTD_createDStream();
  return decompressor == NULL ? ERROR(memory_allocation) : ZSTD_initDStream(decompressor);
}

/* Returns 0 when it stands at the end of a frame. */
size_t EXPORT(decompress)(const void *input, size_t size, void *output, size_t room) {
  ZSTD_inBuffer in = {input, size, 0};
  ZSTD_outBuffer out = {output, room, 0};
  size_t const code = ZSTD_decompressStream(decompressor, &out, &in);
  return noted(code, in, out);
}
