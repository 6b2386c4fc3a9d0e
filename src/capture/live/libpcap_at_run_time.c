/*
 * libpcap's functions under their own names, looked up in the real libpcap when the first of them is called.
 *
 * build.rs makes the archive `libpcap.a` of this file, which the linker takes for libpcap itself. So a build needs neither
 * libpcap nor its headers, one binary runs with libpcap.so.1 (Fedora, Arch, Alpine) and libpcap.so.0.8 (Debian, Ubuntu), and it
 * runs without either: then functions fail as libpcap's own would, pcap_create() with the reason in its error buffer and
 * pcap_open_dead() with NULL, which is how the Rust side asks whether libpcap is there.
 *
 * Only functions that the crate `pcap` 2.5 refers to, or that synscope reaches through its generic methods, are here. When one
 * more is needed the linker names it. Each has been in libpcap since 1.5.0 (2013) at the latest; an older library counts as
 * none at all, so that no single function can be missing later.
 *
 * LIBPCAP_PATH names another library to load; nothing else is tried then. It is ignored where the program has more rights
 * than its user (set-user-ID, file capabilities), or anyone could run code of their own with those rights.
 */

#define _GNU_SOURCE /* secure_getenv */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <unistd.h>
#endif

/* Not to be exported: libpcap's own calls to these names must reach libpcap. */
#pragma GCC visibility push(hidden)

enum { ERROR_BUFFER_SIZE = 256 }; /* PCAP_ERRBUF_SIZE */
enum { FAILED = -1 };             /* PCAP_ERROR */

typedef struct pcap pcap_t;
typedef struct pcap_dumper pcap_dumper_t;
typedef void (*pcap_handler)(unsigned char *user, const void *header, const unsigned char *bytes);

static void *without_libpcap(char *error_buffer);
static char reason[ERROR_BUFFER_SIZE]; /* why there is no libpcap */
static int outdated;                   /* one was found, but it is too old */

/* X(result, result without libpcap, name, parameters, arguments) */
#define FUNCTIONS(X)                                                                                              \
    X(pcap_t *, without_libpcap(error), pcap_create, (const char *device, char *error), (device, error))          \
    X(int, FAILED, pcap_set_snaplen, (pcap_t * p, int bytes), (p, bytes))                                         \
    X(int, FAILED, pcap_set_promisc, (pcap_t * p, int on), (p, on))                                               \
    X(int, FAILED, pcap_set_rfmon, (pcap_t * p, int on), (p, on))                                                 \
    X(int, FAILED, pcap_set_timeout, (pcap_t * p, int milliseconds), (p, milliseconds))                           \
    X(int, FAILED, pcap_set_immediate_mode, (pcap_t * p, int on), (p, on))                                        \
    X(int, FAILED, pcap_set_buffer_size, (pcap_t * p, int bytes), (p, bytes))                                     \
    X(int, FAILED, pcap_set_tstamp_type, (pcap_t * p, int type), (p, type))                                       \
    X(int, FAILED, pcap_set_tstamp_precision, (pcap_t * p, int precision), (p, precision))                        \
    X(int, FAILED, pcap_activate, (pcap_t * p), (p))                                                              \
    X(int, FAILED, pcap_setnonblock, (pcap_t * p, int on, char *error), (p, on, error))                           \
    X(int, FAILED, pcap_fileno, (pcap_t * p), (p))                                                                \
    X(int, FAILED, pcap_dispatch, (pcap_t * p, int count, pcap_handler handler, unsigned char *user),             \
      (p, count, handler, user))                                                                                  \
    X(int, FAILED, pcap_stats, (pcap_t * p, void *statistics), (p, statistics))                                   \
    X(char *, reason, pcap_geterr, (pcap_t * p), (p))                                                             \
    X(int, FAILED, pcap_datalink, (pcap_t * p), (p))                                                              \
    X(int, FAILED, pcap_set_datalink, (pcap_t * p, int type), (p, type))                                          \
    X(int, FAILED, pcap_datalink_name_to_val, (const char *name), (name))                                         \
    X(const char *, NULL, pcap_datalink_val_to_name, (int type), (type))                                          \
    X(const char *, NULL, pcap_datalink_val_to_description, (int type), (type))                                   \
    X(int, FAILED, pcap_compile, (pcap_t * p, void *program, const char *text, int optimize, unsigned netmask),   \
      (p, program, text, optimize, netmask))                                                                      \
    X(int, FAILED, pcap_setfilter, (pcap_t * p, void *program), (p, program))                                     \
    X(int, 0, pcap_offline_filter, (const void *program, const void *header, const unsigned char *bytes),         \
      (program, header, bytes))                                                                                   \
    X(pcap_t *, NULL, pcap_open_dead, (int type, int bytes), (type, bytes))                                       \
    X(pcap_t *, NULL, pcap_open_dead_with_tstamp_precision, (int type, int bytes, unsigned precision),            \
      (type, bytes, precision))                                                                                   \
    X(pcap_t *, without_libpcap(error), pcap_fopen_offline, (FILE * file, char *error), (file, error))            \
    X(pcap_t *, without_libpcap(error), pcap_fopen_offline_with_tstamp_precision,                                 \
      (FILE * file, unsigned precision, char *error), (file, precision, error))                                   \
    X(int, FAILED, pcap_major_version, (pcap_t * p), (p))                                                         \
    X(int, FAILED, pcap_minor_version, (pcap_t * p), (p))                                                         \
    X(int, FAILED, pcap_dump_flush, (pcap_dumper_t * dumper), (dumper))                                           \
    X(int, (without_libpcap(error), FAILED), pcap_findalldevs, (void **devices, char *error), (devices, error))   \
    APPLE_FUNCTIONS(X)

#ifdef __APPLE__
#define APPLE_FUNCTIONS(X) X(int, FAILED, pcap_set_want_pktap, (pcap_t * p, int on), (p, on))
#else
#define APPLE_FUNCTIONS(X)
#endif

/* X(name, parameters, arguments), those without a result */
#define PROCEDURES(X)                                                                                             \
    X(pcap_close, (pcap_t * p), (p))                                                                              \
    X(pcap_breakloop, (pcap_t * p), (p))                                                                          \
    X(pcap_freecode, (void *program), (program))                                                                  \
    X(pcap_freealldevs, (void *devices), (devices))                                                               \
    X(pcap_dump, (unsigned char *user, const void *header, const unsigned char *bytes), (user, header, bytes))    \
    X(pcap_dump_close, (pcap_dumper_t * dumper), (dumper))

#define DECLARE_FUNCTION(result, absent, name, parameters, arguments) static result(*found_##name) parameters;
#define DECLARE_PROCEDURE(name, parameters, arguments) static void(*found_##name) parameters;
FUNCTIONS(DECLARE_FUNCTION)
PROCEDURES(DECLARE_PROCEDURE)

static pthread_once_t looked_up = PTHREAD_ONCE_INIT;
static void *libpcap; /* written once, inside pthread_once(): every caller of available() sees it */

/* Puts the address of a function of `library` where `pointer` is; answers whether there was one. */
static int find(void *library, const char *name, void *pointer) {
    void *address = dlsym(library, name);
    /* ISO C knows no conversion from void * to a function pointer; POSIX promises that both have one representation. */
    memcpy(pointer, &address, sizeof address);
    if (address) return 1;
    outdated = 1;
    snprintf(reason, sizeof reason, "the installed libpcap is older than 1.5: it has no %s", name);
    return 0;
}

#define FIND_FUNCTION(result, absent, name, parameters, arguments) &&find(library, #name, &found_##name)
#define FIND_PROCEDURE(name, parameters, arguments) &&find(library, #name, &found_##name)

static void *open_library(const char *name) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        if (!outdated) snprintf(reason, sizeof reason, "%s", error ? error : "the library cannot be loaded");
        return NULL;
    }
    if (1 FUNCTIONS(FIND_FUNCTION) PROCEDURES(FIND_PROCEDURE)) return library;
    dlclose(library);
    return NULL;
}

static const char *path_from_environment(void) {
#ifdef __APPLE__
    return issetugid() ? NULL : getenv("LIBPCAP_PATH");
#elif defined(__linux__)
    return secure_getenv("LIBPCAP_PATH");
#else
    return NULL;
#endif
}

static void look_up(void) {
    static const char *const names[] = {"libpcap.so.1", "libpcap.so.0.8", "libpcap.so", "libpcap.dylib"};
    const char *path = path_from_environment();
    if (path) {
        libpcap = open_library(path);
        return;
    }
    for (size_t i = 0; !libpcap && i < sizeof names / sizeof *names; i++) libpcap = open_library(names[i]);
    /* The error of the last name tried would mislead: that one is not expected to be there. */
    if (!libpcap && !outdated) snprintf(reason, sizeof reason, "libpcap is not installed");
}

static int available(void) {
    pthread_once(&looked_up, look_up);
    return libpcap != NULL;
}

static void *without_libpcap(char *error_buffer) {
    if (error_buffer) memcpy(error_buffer, reason, sizeof reason);
    return NULL;
}

#define DEFINE_FUNCTION(result, absent, name, parameters, arguments) \
    result name parameters;                                          \
    result name parameters {                                         \
        if (!available()) return absent;                             \
        return found_##name arguments;                               \
    }
#define DEFINE_PROCEDURE(name, parameters, arguments) \
    void name parameters;                             \
    void name parameters {                            \
        if (available()) found_##name arguments;      \
    }
FUNCTIONS(DEFINE_FUNCTION)
PROCEDURES(DEFINE_PROCEDURE)
