/* A camera made of a folder of JPEG files, for a computer without one: a library to LD_PRELOAD.
 *
 * It answers what OpenCV's V4L2 backend asks of one device file and passes everything else on to the C library, so that
 * the backend itself (formats, buffers, time-outs, decoding) is the real one. Environment variables set it up:
 *
 *   VIRTUAL_CAMERA_DEVICE   the path it answers for, such as /dev/video42; no file need be there
 *   VIRTUAL_CAMERA_FRAMES   a folder of 000.jpg, 001.jpg, ..., each 640x480, played round and round at 30 a second
 *   VIRTUAL_CAMERA_CONTROL  a file that holds one word, which may change at any time:
 *   VIRTUAL_CAMERA_VALUES   a file for the values of its controls, one a line (number, value), so that they outlive the
 *                           process that has set them, as in a real camera; without it they are the defaults again
 *
 * The words of VIRTUAL_CAMERA_CONTROL:
 *
 *       play     frames come
 *       unplug   the device is gone: it cannot be opened (ENOENT), and who has it open gets ENODEV
 *       busy     another program has it: it cannot be opened (EBUSY)
 *       hang     no frame comes, and waiting for one ends when the caller's patience does
 *       stuck    no frame comes, and asking for one does not return, as in a driver that waits for dead hardware
 *       repeat   the same frame comes again and again, as from a driver that has not noticed an unplug
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    WIDTH = 640,
    HEIGHT = 480,
    RATE_HZ = 30,
    FAST_HZ = 60,
    BUFFERS = 8,
    BUFFER_BYTES = 1 << 20,
    HANDLES = 16,
    LONGEST_WORD = 16,
};

static int rate_hz = RATE_HZ; /* or FAST_HZ, when asked for */

static long long frame_ns(void)
{
    return 1000000000LL / rate_hz;
}

/* One opening of the device. Its file is memory, so that mmap of the buffers needs no help from us. */
struct handle {
    int fd;                 /* -1 when this place is free */
    int waiting[BUFFERS];   /* buffers that the caller has given us to fill, oldest first */
    int waiting_count;
    long long due_ns;       /* when the next frame comes */
};

static struct handle handles[HANDLES];
static int frame_number;    /* of the whole process, so that the film goes on after a reopening */

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_ioctl)(int, unsigned long, ...);
static int (*real_select)(int, fd_set *, fd_set *, fd_set *, struct timeval *);

__attribute__((constructor)) static void find_the_real_ones(void)
{
    real_open = dlsym(RTLD_NEXT, "open");
    real_close = dlsym(RTLD_NEXT, "close");
    real_ioctl = dlsym(RTLD_NEXT, "ioctl");
    real_select = dlsym(RTLD_NEXT, "select");
    for (int i = 0; i < HANDLES; i++)
        handles[i].fd = -1;
}

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

/* Whether the control file holds this word now. */
static int told_to(const char *word)
{
    char said[LONGEST_WORD + 1] = {0};
    const char *path = getenv("VIRTUAL_CAMERA_CONTROL");
    int file = path ? real_open(path, O_RDONLY) : -1;
    if (file < 0)
        return 0;
    if (read(file, said, LONGEST_WORD) < 0)
        said[0] = 0;
    real_close(file);
    said[strcspn(said, " \r\n")] = 0;
    return strcmp(said, word) == 0;
}

static struct handle *handle_of(int fd)
{
    for (int i = 0; fd >= 0 && i < HANDLES; i++)
        if (handles[i].fd == fd)
            return &handles[i];
    return NULL;
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int is_ours(const char *path)
{
    const char *device = getenv("VIRTUAL_CAMERA_DEVICE");
    return device && path && strcmp(path, device) == 0;
}

static int open_camera(void)
{
    if (told_to("unplug"))
        return refuse(ENOENT);
    if (told_to("busy"))
        return refuse(EBUSY);
    for (int i = 0; i < HANDLES; i++) {
        if (handles[i].fd >= 0)
            continue;
        int memory = memfd_create("virtual camera", MFD_CLOEXEC);
        if (memory < 0 || ftruncate(memory, (off_t)BUFFERS * BUFFER_BYTES) < 0)
            return -1;
        handles[i] = (struct handle){.fd = memory};
        return memory;
    }
    return refuse(EMFILE);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    return is_ours(path) ? open_camera() : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    return is_ours(path) ? open_camera() : real_open(path, flags | O_LARGEFILE, mode);
}

int close(int fd)
{
    struct handle *camera = handle_of(fd);
    if (camera)
        camera->fd = -1;
    return real_close(fd);
}

static int capability(struct v4l2_capability *answer)
{
    memset(answer, 0, sizeof *answer);
    strcpy((char *)answer->driver, "virtual");
    strcpy((char *)answer->card, "Virtual Camera");
    strcpy((char *)answer->bus_info, "nowhere");
    answer->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    answer->capabilities = answer->device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

/* Whatever is asked for, this is what it can do. */
static int format(struct v4l2_format *answer)
{
    answer->fmt.pix = (struct v4l2_pix_format){
        .width = WIDTH,
        .height = HEIGHT,
        .pixelformat = V4L2_PIX_FMT_MJPEG,
        .field = V4L2_FIELD_NONE,
        .sizeimage = BUFFER_BYTES,
        .colorspace = V4L2_COLORSPACE_JPEG,
    };
    return 0;
}

static int frame_rate(struct v4l2_streamparm *answer, int set)
{
    struct v4l2_fract *wish = &answer->parm.capture.timeperframe;
    if (set && wish->numerator)
        rate_hz = wish->denominator / wish->numerator > (RATE_HZ + FAST_HZ) / 2 ? FAST_HZ : RATE_HZ;
    answer->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    answer->parm.capture.timeperframe = (struct v4l2_fract){.numerator = 1, .denominator = rate_hz};
    return 0;
}

static int frame_size(struct v4l2_frmsizeenum *answer)
{
    if (answer->index > 0 || answer->pixel_format != V4L2_PIX_FMT_MJPEG)
        return refuse(EINVAL);
    answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    answer->discrete.width = WIDTH;
    answer->discrete.height = HEIGHT;
    return 0;
}

static int frame_interval(struct v4l2_frmivalenum *answer)
{
    if (answer->index > 1 || answer->pixel_format != V4L2_PIX_FMT_MJPEG || answer->width != WIDTH)
        return refuse(EINVAL);
    answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    answer->discrete = (struct v4l2_fract){.numerator = 1, .denominator = answer->index ? RATE_HZ : FAST_HZ};
    return 0;
}

/* Its controls, in the order of their numbers, as a webcam has them: no automatic gain of its own. */
static struct {
    unsigned number, type;
    const char *name;
    int low, high, normal, now;
} controls[] = {
    {V4L2_CID_GAIN, V4L2_CTRL_TYPE_INTEGER, "Gain", 0, 255, 64, 64},
    {V4L2_CID_EXPOSURE_AUTO, V4L2_CTRL_TYPE_MENU, "Auto Exposure", 0, 3, 3, 3},
    {V4L2_CID_EXPOSURE_ABSOLUTE, V4L2_CTRL_TYPE_INTEGER, "Exposure Time, Absolute", 3, 2047, 250, 250},
    {V4L2_CID_EXPOSURE_AUTO_PRIORITY, V4L2_CTRL_TYPE_BOOLEAN, "Exposure, Dynamic Framerate", 0, 1, 1, 1},
};
enum { CONTROLS = sizeof controls / sizeof controls[0] };

static void load_controls(void)
{
    const char *path = getenv("VIRTUAL_CAMERA_VALUES");
    FILE *file = path ? fopen(path, "r") : NULL;
    unsigned number;
    int value;
    while (file && fscanf(file, "%u %d", &number, &value) == 2)
        for (int i = 0; i < CONTROLS; i++)
            if (controls[i].number == number)
                controls[i].now = value;
    if (file)
        fclose(file);
}

static void store_controls(void)
{
    const char *path = getenv("VIRTUAL_CAMERA_VALUES");
    FILE *file = path ? fopen(path, "w") : NULL;
    for (int i = 0; file && i < CONTROLS; i++)
        fprintf(file, "%u %d\n", controls[i].number, controls[i].now);
    if (file)
        fclose(file);
}

static int query_control(struct v4l2_queryctrl *answer)
{
    unsigned wanted = answer->id & ~V4L2_CTRL_FLAG_NEXT_CTRL;
    int next = answer->id != wanted;
    for (int i = 0; i < CONTROLS; i++) {
        if (next ? controls[i].number <= wanted : controls[i].number != wanted)
            continue;
        memset(answer, 0, sizeof *answer);
        answer->id = controls[i].number;
        answer->type = controls[i].type;
        strcpy((char *)answer->name, controls[i].name);
        answer->minimum = controls[i].low;
        answer->maximum = controls[i].high;
        answer->step = 1;
        answer->default_value = controls[i].normal;
        return 0;
    }
    return refuse(EINVAL);
}

static int control_value(struct v4l2_control *answer, int set)
{
    load_controls();
    for (int i = 0; i < CONTROLS; i++) {
        if (controls[i].number != answer->id)
            continue;
        if (set && answer->id == V4L2_CID_EXPOSURE_ABSOLUTE && controls[1].now != V4L2_EXPOSURE_MANUAL)
            return refuse(EACCES); /* it is automatic */
        if (set && (answer->value < controls[i].low || answer->value > controls[i].high))
            return refuse(ERANGE);
        if (set && controls[i].type == V4L2_CTRL_TYPE_MENU && answer->value % 2 == 0)
            return refuse(EINVAL); /* as in a webcam, whose aperture is fixed: manual, and aperture priority */
        if (set) {
            controls[i].now = answer->value;
            store_controls();
        }
        answer->value = controls[i].now;
        return 0;
    }
    return refuse(EINVAL);
}

/* Copies the JPEG that is next into a buffer. Returns its size, or -1. */
static ssize_t load_frame(int memory, int buffer)
{
    char path[4096];
    struct stat about;
    const char *folder = getenv("VIRTUAL_CAMERA_FRAMES");
    snprintf(path, sizeof path, "%s/%03d.jpg", folder ? folder : ".", frame_number);
    int file = real_open(path, O_RDONLY);
    if (file < 0 && frame_number > 0) { /* the end of the film */
        frame_number = 0;
        snprintf(path, sizeof path, "%s/000.jpg", folder ? folder : ".");
        file = real_open(path, O_RDONLY);
    }
    if (file < 0)
        return -1;
    ssize_t size = -1;
    if (fstat(file, &about) == 0 && about.st_size <= BUFFER_BYTES) {
        char *bytes = malloc(about.st_size);
        if (bytes && read(file, bytes, about.st_size) == about.st_size)
            size = pwrite(memory, bytes, about.st_size, (off_t)buffer * BUFFER_BYTES);
        free(bytes);
    }
    real_close(file);
    if (!told_to("repeat"))
        frame_number++;
    return size;
}

static int give_frame(struct handle *camera, struct v4l2_buffer *answer)
{
    while (told_to("stuck"))
        pause_briefly();
    if (told_to("unplug"))
        return refuse(ENODEV);
    if (told_to("hang") || camera->waiting_count == 0 || now_ns() < camera->due_ns)
        return refuse(EAGAIN);
    int buffer = camera->waiting[0];
    ssize_t size = load_frame(camera->fd, buffer);
    if (size < 0)
        return refuse(EIO);
    memmove(camera->waiting, camera->waiting + 1, sizeof(int) * --camera->waiting_count);
    camera->due_ns += frame_ns();
    if (camera->due_ns < now_ns() - frame_ns()) /* a late caller does not get a burst */
        camera->due_ns = now_ns();
    answer->index = buffer;
    answer->bytesused = size;
    answer->length = BUFFER_BYTES;
    answer->m.offset = buffer * BUFFER_BYTES;
    answer->flags = 0;
    answer->timestamp.tv_sec = now_ns() / 1000000000LL;
    answer->timestamp.tv_usec = now_ns() % 1000000000LL / 1000;
    return 0;
}

static int answer(struct handle *camera, unsigned long request, void *argument)
{
    if (told_to("unplug"))
        return refuse(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP:
        return capability(argument);
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *which = argument;
        if (which->index > 0)
            return refuse(EINVAL);
        which->pixelformat = V4L2_PIX_FMT_MJPEG;
        return 0;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT:
        return format(argument);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        return frame_rate(argument, request == VIDIOC_S_PARM);
    case VIDIOC_ENUM_FRAMESIZES:
        return frame_size(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return frame_interval(argument);
    case VIDIOC_QUERYCTRL:
        return query_control(argument);
    case VIDIOC_G_CTRL:
        return control_value(argument, 0);
    case VIDIOC_S_CTRL:
        return control_value(argument, 1);
    case VIDIOC_ENUMINPUT: {
        struct v4l2_input *which = argument;
        if (which->index > 0)
            return refuse(EINVAL);
        which->type = V4L2_INPUT_TYPE_CAMERA;
        return 0;
    }
    case VIDIOC_G_INPUT:
        *(int *)argument = 0;
        return 0;
    case VIDIOC_S_INPUT:
        return 0;
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *wish = argument;
        if (wish->count > BUFFERS)
            wish->count = BUFFERS;
        camera->waiting_count = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *which = argument;
        which->length = BUFFER_BYTES;
        which->m.offset = which->index * BUFFER_BYTES;
        return 0;
    }
    case VIDIOC_QBUF:
        if (camera->waiting_count == BUFFERS)
            return refuse(EINVAL);
        camera->waiting[camera->waiting_count++] = ((struct v4l2_buffer *)argument)->index;
        return 0;
    case VIDIOC_DQBUF:
        return give_frame(camera, argument);
    case VIDIOC_STREAMON:
        camera->due_ns = now_ns() + frame_ns();
        return 0;
    case VIDIOC_STREAMOFF:
        camera->waiting_count = 0;
        return 0;
    default: /* whatever else there is: it has none */
        return refuse(EINVAL);
    }
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    struct handle *camera = handle_of(fd);
    /* Some callers pass the request as a negative int. */
    return camera ? answer(camera, request & 0xffffffffUL, argument) : real_ioctl(fd, request, argument);
}

int select(int count, fd_set *readable, fd_set *writable, fd_set *special, struct timeval *patience)
{
    struct handle *camera = NULL;
    for (int fd = 0; readable && !camera && fd < count; fd++)
        if (FD_ISSET(fd, readable))
            camera = handle_of(fd);
    if (!camera)
        return real_select(count, readable, writable, special, patience);
    long long until_ns =
        patience ? now_ns() + patience->tv_sec * 1000000000LL + patience->tv_usec * 1000LL : -1;
    for (;;) {
        if (told_to("unplug") || told_to("stuck"))
            return 1; /* asking for the frame tells what is the matter */
        if (!told_to("hang") && now_ns() >= camera->due_ns)
            return 1;
        if (until_ns >= 0 && now_ns() >= until_ns)
            return 0;
        pause_briefly();
    }
}
