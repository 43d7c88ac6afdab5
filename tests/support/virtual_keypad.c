/* Makes a named pipe answer the requests of an input device (linux/input.h), for a process that is started with it in
 * LD_PRELOAD. Files beside the pipe say what it answers: PIPE.name its name, PIPE.keys the codes of its keys, PIPE.down
 * those that are down, PIPE.busy that another program has taken it; PIPE.taken is made when it is taken, and taken away
 * when it is let go by request. Everything that is no named pipe, or no such request, goes where it went before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int beside(int fd, const char *ending, char *path, size_t size)
{
	char link[64], pipe[3072];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, pipe, sizeof pipe - 1);
	if (length < 0)
		return -1;
	pipe[length] = 0;
	snprintf(path, size, "%s.%s", pipe, ending);
	return 0;
}

static FILE *opened(int fd, const char *ending, const char *mode)
{
	char path[4096];
	return beside(fd, ending, path, sizeof path) ? NULL : fopen(path, mode);
}

static int bits(int fd, const char *ending, unsigned char *answer, size_t size)
{
	memset(answer, 0, size);
	FILE *file = opened(fd, ending, "r");
	unsigned code;
	while (file && fscanf(file, "%u", &code) == 1)
		if (code / 8 < size)
			answer[code / 8] |= 1u << code % 8;
	if (file)
		fclose(file);
	return size;
}

static int name(int fd, char *answer, size_t size)
{
	FILE *file = opened(fd, "name", "r");
	if (!file)
		return errno = ENOENT, -1;
	size_t length = fread(answer, 1, size - 1, file);
	answer[length] = 0;
	fclose(file);
	return length + 1;
}

static int grab(int fd, long on)
{
	char path[4096];
	FILE *file = opened(fd, "busy", "r");
	if (file) {
		fclose(file);
		return errno = EBUSY, -1;
	}
	if (on && (file = opened(fd, "taken", "w")))
		fclose(file);
	if (!on && !beside(fd, "taken", path, sizeof path))
		unlink(path);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	va_start(rest, request);
	void *argument = va_arg(rest, void *);
	va_end(rest);
	struct stat about;
	if (_IOC_TYPE(request) == 'E' && !fstat(fd, &about) && S_ISFIFO(about.st_mode)) {
		size_t size = _IOC_SIZE(request);
		if (request == EVIOCGNAME(size))
			return name(fd, argument, size);
		if (request == EVIOCGBIT(EV_KEY, size))
			return bits(fd, "keys", argument, size);
		if (request == EVIOCGKEY(size))
			return bits(fd, "down", argument, size);
		if (request == EVIOCGRAB)
			return grab(fd, (long)argument);
		return errno = EINVAL, -1;
	}
	int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
	return real(fd, request, argument);
}
