/* Small photo libraries, one per way of being called and one per way of misbehaving; -DNAME picks one.
 * The picture: at (x, y from the top) red = x, green = y, blue = 200. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define W 102
#define H 126
typedef unsigned char byte;

/* Bare rows, bottom-up; `swap` writes BGR. */
static void rows(byte *out, int swap) {
    for (int line = 0; line < H; line++)
        for (int x = 0; x < W; x++) {
            byte *p = out + (line * W + x) * 3;
            p[swap ? 2 : 0] = (byte)x, p[1] = (byte)(H - 1 - line), p[swap ? 0 : 2] = 200;
        }
}

static void put32(byte *at, unsigned value) { for (int i = 0; i < 4; i++) at[i] = (byte)(value >> (8 * i)); }

/* A BMP file; a negative height means top-down. */
static int bmp(byte *out, int width, int height) {
    int lines = height < 0 ? -height : height, stride = 308, size = 54 + H * stride;
    memset(out, 0, size);
    memcpy(out, "BM", 2);
    put32(out + 2, size), put32(out + 10, 54), put32(out + 14, 40), put32(out + 18, width), put32(out + 22, height);
    out[26] = 1, out[28] = 24;
    for (int line = 0; line < lines && line < H; line++)
        for (int x = 0; x < W; x++) {
            byte *p = out + 54 + line * stride + x * 3;
            p[2] = (byte)x, p[1] = (byte)(height < 0 ? line : H - 1 - line), p[0] = 200;
        }
    return size;
}

#if defined(UNPACK)
int unpack(char *wlt, char *out, int flag) { rows((byte *)out, 0); return memcmp(wlt, "WLf", 3) == 0 && flag == FLAG; }
#elif defined(UNPACK_TOP_DOWN_BGR)
int unpack(char *wlt, char *out, int flag) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) { byte *p = (byte *)out + (y * W + x) * 3; p[2] = (byte)x, p[1] = (byte)y, p[0] = 200; }
    return 1;
}
#elif defined(MANGLED)
int _Z6unpackPcS_i(char *wlt, char *out, int flag) { rows((byte *)out, 0); return wlt[0] == 'W' && flag == 752; }
#elif defined(WLT2BMP)
int wlt2bmp(const byte *wlt, byte *out, int flag) { if (wlt[0] == 'W' && flag == 198) rows(out, 0); return 0; }
#elif defined(WLT2BMP_FILE)
int wlt2bmp(const byte *wlt, byte *out, int flag) { if (wlt[0] == 'W' && flag == 198) bmp(out, W, -H); return 0; }
#elif defined(UNPACK4)
int _Unpack(byte *wlt, int len, byte *out, int *out_len) {
    if (len != 1024 || wlt[0] != 'W') return 0;
    *out_len = bmp(out, W, H);
    return 1;
}
#elif defined(ZK_BMP)
int ZKID_Wlt2bmpBuffer(byte *wlt, byte *out, int size) { if (wlt[0] == 'W' && size == 38862) bmp(out, W, H); return 0; }
#elif defined(ZK_ROWS)
int ZKID_PHunpack(char *wlt, char *out, int size) { if (wlt[0] == 'W' && size == 38556) rows((byte *)out, 1); return 0; }
#elif defined(CV)
static int ready;
int CV_Initialize(const char *sam, const byte *base) { return ready = !strcmp(sam, "99.99-1") && base[0] == 7 ? 1 : 2; }
int CV_InitializeEx(const char *sam, const byte *base, const char *licence) {
    FILE *file = fopen(licence, "r");
    char line[64] = "";
    if (!file || !fgets(line, sizeof line, file)) return 2;
    fclose(file);
    return ready = !strcmp(line, sam) && base[0] == 7 ? 1 : 2;
}
int CV_Decode(const byte *wlt, int len, byte *out, int format, int *out_len) {
    if (!ready) return 5;
    if (len != 1024 || wlt[0] != 'W') return 3;
    if (format == 0) *out_len = bmp(out, W, H);
    else rows(out, 0), *out_len = W * H * 3;
    return 1;
}
void CV_Finalize(void) { ready = 0; }
#elif defined(WRONG_SIZE)
int unpack(char *wlt, char *out, int flag) { memset(out, 1, 38808); return 1; }
#elif defined(NO_PICTURE)
int unpack(char *wlt, char *out, int flag) { return 1; }
#elif defined(WRONG_BMP)
int unpack(char *wlt, char *out, int flag) { bmp((byte *)out, W + 1, H); return 1; }
#elif defined(SAYS_NO)
int unpack(char *wlt, char *out, int flag) { return -22; }
#elif defined(CRASHES)
int unpack(char *wlt, char *out, int flag) { *(volatile int *)0 = 1; return 1; }
#elif defined(ABORTS)
int unpack(char *wlt, char *out, int flag) { abort(); }
#elif defined(EXITS)
int unpack(char *wlt, char *out, int flag) { exit(0); }
#elif defined(OVERFLOWS)
int unpack(char *wlt, char *out, int flag) { memset(out, 0xFF, 64 << 20); return 1; }
#elif defined(SLEEPS)
int unpack(char *wlt, char *out, int flag) { signal(SIGTERM, SIG_IGN); for (;;) sleep(1000); }
#elif defined(SPINS)
int unpack(char *wlt, char *out, int flag) { for (volatile int i = 0;; i++) {} }
#elif defined(CLOSES_AND_SLEEPS)
int unpack(char *wlt, char *out, int flag) { for (int d = 0; d < 64; d++) close(d); for (;;) sleep(1000); }
#elif defined(FLOODS)
int unpack(char *wlt, char *out, int flag) { for (;;) for (int d = 3; d < 16; d++) if (write(d, out, 65536) < 0) {} }
#elif defined(TALKS)
int unpack(char *wlt, char *out, int flag) { rows((byte *)out, 0); printf("{\"code\": null}\n"); fflush(stdout); perror("x"); return 1; }
#elif defined(FORGES)
int unpack(char *wlt, char *out, int flag) {
    const char *line = "{\"code\": \"ACCOUNT-WRONG\", \"result\": 1, \"size\": 0}\n";
    for (int d = 3; d < 16; d++) if (write(d, line, strlen(line)) < 0) {}
    _exit(0);
}
#elif defined(MISBEHAVES)
/* Each bit of the answer is one thing that succeeded; the answer is given as the number returned. */
static int tries(void) {
    int done = 0, file;
    if ((file = open("zp.bmp", O_CREAT | O_WRONLY, 0600)) >= 0 && write(file, "BM", 2) == 2 && !close(file)) done |= 1;
    if ((file = open(OUTSIDE, O_CREAT | O_WRONLY, 0600)) >= 0) done |= 2;
    char key[32];
    if ((file = open(KEY, O_RDONLY)) >= 0 && read(file, key, sizeof key) == sizeof key) done |= 4;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int line = socket(AF_INET, SOCK_STREAM, 0);
    if (line >= 0 && connect(line, (struct sockaddr *)&to, sizeof to) == 0) done |= 8;
    if (getenv("RENHU_TEST_SECRET") || getenv("CREDENTIALS_DIRECTORY")) done |= 16;
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (child > 0) done |= 32;
    for (int d = 3; d < 1024; d++) { char there[16]; if (pread(d, there, 16, 0) == 16 && !memcmp(there, "INHERITED-SECRET", 16)) done |= 64; }
    if (truncate(VICTIM, 0) == 0) done |= 128;
    if (kill(getppid(), 0) == 0) done |= 256;
    if (chmod(VICTIM, 0777) == 0) done |= 512;
    return done;
}
int unpack(char *wlt, char *out, int flag) { return 1000000 + tries(); }
/* Also what a library does merely by being loaded. */
__attribute__((constructor)) static void loaded(void) { tries(); }
#elif defined(WRITES_AND_DRAWS)
int unpack(char *wlt, char *out, int flag) {
    FILE *file = fopen("zp.bmp", "w");
    if (!file || fputs("BM", file) < 0 || fclose(file)) return 0;
    rows((byte *)out, 0);
    return 1;
}
#elif defined(FILLS)
int unpack(char *wlt, char *out, int flag) {
    int file = open("big", O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 4096; i++) if (write(file, out, 65536) != 65536) break;
    return 0;
}
#endif
