#!/bin/bash
# The unit tests, without a warning of the compiler, with other versions of the libraries, other compilers, standards
# and levels of optimisation: in Debian's releases, each in a folder of its own. Not part of make check: the first run
# fetches some gigabytes and takes the better part of an hour.
#
#     make check-matrix                  all combinations
#     make check-matrix ROWS='sid-*'     those whose names fit
#
# The last line is "N passed, N failed": combinations. One that couldn't be had is named, and counted as skipped.
# Needs root, debootstrap, unshare and a Debian mirror, which is the first that apt on this machine asks; for the old
# libcurl also cargo, since a crate has its sources.
# The environment: BUILD; MATRIX, the folder for the systems ($BUILD/matrix); ROWS; JOBS, at the same time (2).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
exec </dev/null

folder=${MATRIX:-${BUILD:-build}/matrix}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
jobs=${JOBS:-2}

# Name, system, what it is about, arguments of make. PSA is the one interface of mbedTLS 4.
rows='
bookworm-gcc    bookworm       its own libraries         CC=gcc
bookworm-clang  bookworm       its own libraries         CC=clang
bookworm-psa    bookworm       mbedTLS by PSA alone      CC=gcc CPPFLAGS=-DDYNAMO_USE_PSA
trixie-gcc      trixie         its own libraries         CC=gcc
trixie-clang    trixie         its own libraries         CC=clang
trixie-psa      trixie         mbedTLS by PSA alone      CC=gcc CPPFLAGS=-DDYNAMO_USE_PSA
sid-gcc         sid            its own libraries         CC=gcc
sid-clang       sid            its own libraries         CC=clang
sid-psa         sid            mbedTLS by PSA alone      CC=gcc CPPFLAGS=-DDYNAMO_USE_PSA
floor-gcc       bullseye       the oldest libraries      CC=gcc FLOOR
floor-clang     bullseye       the oldest libraries      CC=clang FLOOR
m32-gcc         bookworm-i386  a long of 32 bits         CC=gcc CFLAGS=-m32_-O2
m32-O0          bookworm-i386  a long of 32 bits         CC=gcc CFLAGS=-m32_-O0
gcc-c17-O0      sid            gcc -std=c17 -O0          CC=gcc CFLAGS=-std=c17_-O0
gcc-c23-O1      sid            gcc -std=c2x -O1          CC=gcc CFLAGS=-std=c2x_-O1
gcc-O2          sid            gcc -O2 -fno-common       CC=gcc CFLAGS=-O2_-fno-common
gcc-O3          sid            gcc -O3                   CC=gcc CFLAGS=-O3
gcc-lto         sid            gcc -O2 -flto             CC=gcc AR=gcc-ar CFLAGS=-O2_-flto
clang-c17-O3    sid            clang -std=c17 -O3        CC=clang CFLAGS=-std=c17_-O3
clang-c23-O0    sid            clang -std=c2x -O0        CC=clang CFLAGS=-std=c2x_-O0
clang-lto       sid            clang -O2 -flto           CC=clang AR=llvm-ar LDFLAGS=-fuse-ld=lld CFLAGS=-O2_-flto
musl            trixie         musl, compiled only       CC=musl-gcc MUSL
'

# ---- The systems -----------------------------------------------------------------------------------------------------

# A command in a system, with processes and an environment of its own.
inside() { # SYSTEM COMMAND...
    local root=$folder/root/$1
    shift
    unshare --mount --pid --fork --mount-proc="$root/proc" chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive DYNAMO_TEST_COUNT="${DYNAMO_TEST_COUNT:-2000}" "$@"
}

install_packages() { # SYSTEM PACKAGE...
    local system=$1
    shift
    inside "$system" apt-get install -y -qq --no-install-recommends "$@"
}

# How this machine's apt reaches its mirrors is how the new system's does.
make_system() { # SYSTEM
    local root=$folder/root/$1 suite=${1%%-*} architecture mirror extra=
    [ ! -e "$root/.ready" ] || return 0
    architecture=$(dpkg --print-architecture)
    [ "$suite" = "$1" ] || architecture=${1#*-}
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
    rm -rf "$root"
    mkdir -p "$folder/root"
    debootstrap --variant=minbase --arch="$architecture" "$suite" "$root" "$mirror" || return 1
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries)' >"$root/etc/apt/apt.conf.d/90host"
    mkdir -p "$root/etc/ssl/certs"
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    echo '127.0.0.1 localhost' >"$root/etc/hosts"
    echo "deb-src $mirror $suite main" >"$root/etc/apt/sources.list.d/sources.list"
    inside "$1" apt-get update -qq || return 1
    case $1 in
    *-i386) ;;
    sid) extra='clang lld llvm' ;;
    trixie) extra='clang musl-tools' ;;
    bullseye) extra='clang cmake libssl-dev zlib1g-dev' ;;
    *) extra=clang ;;
    esac
    install_packages "$1" gcc libc6-dev make pkg-config libcurl4-openssl-dev libjansson-dev libmbedtls-dev \
        libcmocka-dev openssl locales $extra || return 1
    touch "$root/.ready"
}

# mbedTLS 2.28 and libcurl 7.68, in /opt/floor of bullseye, whose Jansson is 2.13.
make_floor() {
    local opt=$folder/root/bullseye/opt
    [ ! -e "$opt/floor/.ready" ] || return 0
    make_system bookworm && mkdir -p "$opt/sources" "$folder/crate/src" || return 1
    inside bookworm sh -c 'cd /opt && apt-get source -qq --download-only mbedtls' || return 1
    cp "$folder"/root/bookworm/opt/mbedtls_*.orig.tar.* "$opt/sources/mbedtls.tar" || return 1
    if ! command -v cargo >/dev/null; then
        echo 'libcurl 7.68: there is no cargo'
        return 1
    fi
    : >"$folder/crate/src/lib.rs"
    printf '[package]\nname = "floor"\nversion = "0.0.0"\n[dependencies]\ncurl-sys = "=0.4.29"\n[workspace]\n' \
        >"$folder/crate/Cargo.toml"
    (cd "$folder/crate" && cargo vendor --quiet vendor >/dev/null) || return 1
    rm -rf "$opt/sources/curl"
    cp -r "$folder/crate/vendor/curl-sys/curl" "$opt/sources/curl" || return 1
    inside bullseye sh -ec '
        cd /opt/sources
        mkdir -p mbedtls /opt/floor/lib /opt/floor/include build
        tar -C mbedtls --strip-components=1 -xf mbedtls.tar
        make -C mbedtls -j"$1" CFLAGS="-O1 -fPIC" lib
        cp mbedtls/library/*.a /opt/floor/lib
        cp -r mbedtls/include/* /opt/floor/include
        cd build
        cmake -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/opt/floor -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF \
            -DHTTP_ONLY=ON -DCMAKE_USE_LIBSSH2=OFF -DENABLE_MANUAL=OFF ../curl
        make -j"$1"
        make install' sh "$jobs" || return 1
    touch "$opt/floor/.ready"
}

# ---- A combination ---------------------------------------------------------------------------------------------------

# The versions that a system's programs are compiled and linked with.
versions() { # SYSTEM FLAGS...
    local system=$1
    shift
    printf '%s\n' '#include <curl/curl.h>' '#include <jansson.h>' '#include <mbedtls/version.h>' \
        'curl LIBCURL_VERSION, Jansson JANSSON_VERSION, mbedTLS MBEDTLS_VERSION_STRING' >"$folder/root/$system/v.c"
    inside "$system" gcc "$@" -E -P /v.c 2>/dev/null | tail -n 1 | tr -d '"'
}

copy_sources() { # SYSTEM
    rm -rf "$folder/root/$1/src"
    mkdir -p "$folder/root/$1/src"
    tar --exclude=test/.cache -cf - Makefile ./*.c ./*.h test examples | tar -C "$folder/root/$1/src" -xf -
}

# Into `arguments`: those of make, with _ for a blank within one.
read_arguments() { # NAME WORD...
    local word
    arguments=("BUILD=/build/$1")
    shift
    for word; do
        case $word in
        FLOOR)
            arguments+=('CURL_CFLAGS=-isystem /opt/floor/include'
                        'CURL_LIBS=/opt/floor/lib/libcurl.so -Wl,-rpath,/opt/floor/lib'
                        'MBEDTLS_CFLAGS=-isystem /opt/floor/include' 'MBEDTLS_LIBS=/opt/floor/lib/libmbedcrypto.a') ;;
        MUSL)
            arguments+=('CPPFLAGS=-isystem /opt/headers' CURL_CFLAGS= JANSSON_CFLAGS= MBEDTLS_CFLAGS= CMOCKA_CFLAGS=) ;;
        *) arguments+=("${word//_-/ -}") ;;
        esac
    done
}

# Compiled only: the libraries are there for glibc alone.
compile_with_musl() {
    inside trixie sh -c 'mkdir -p /opt/headers && cd /usr/include && cp -r cmocka*.h jansson*.h mbedtls psa */curl \
        */jansson*.h /opt/headers 2>/dev/null; cd /src &&
        exec make -k -j"$@" $(ls *.c test/*.c examples/*.c | sed "s|\(.*\)\.c|/build/musl/\1.o|")' sh "$jobs" "$@"
}

build_and_run() { # SYSTEM ARGUMENT...
    local system=$1
    shift
    inside "$system" sh -c 'cd /src && make -k -j"$@" examples \
        $(ls test/live_*.c | sed "s|\(.*\)\.c|${2#BUILD=}/\1|") && exec make -k -j"$@" check-units' sh "$jobs" "$@"
}

# Prints a line of the table. 0: passed, 1: failed, 2: couldn't be had.
check_row() { # NAME SYSTEM WHAT MAKE-ARGUMENTS...
    local name=$1 system=$2 what=$3 log=$folder/log/$1 flags= status warnings tests word
    shift 3
    make_system "$system" >"$folder/log/$system.system" 2>&1 || return 2
    case " $* " in *' FLOOR '*)
        make_floor >"$folder/log/floor.system" 2>&1 || return 2
        flags=-I/opt/floor/include ;;
    esac
    copy_sources "$system"
    read_arguments "$name" "$@"
    if [ "$name" = musl ]; then
        compile_with_musl "${arguments[@]}" >"$log" 2>&1
    else
        build_and_run "$system" "${arguments[@]}" >"$log" 2>&1
    fi
    status=$?
    warnings=$(grep -c 'warning:' "$log")
    tests=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    [ "$status" -ne 0 ] || [ "$warnings" -ne 0 ] || word=passed
    printf '%-16s %-26s %s; %s warnings; %s\n%43s %s\n' "$name" "$what" "${word:-FAILED}" "$warnings" \
        "${tests:-no tests}" '' "$(versions "$system" $flags)"
    [ "${word:-}" = passed ] || echo "    (all of it: $log)"
    [ "${word:-}" = passed ]
}

# ---- All -------------------------------------------------------------------------------------------------------------

for tool in debootstrap unshare apt-get; do
    command -v "$tool" >/dev/null || { echo "matrix: there is no $tool"; exit 1; }
done
if [ "$(id -u)" -ne 0 ]; then
    echo 'matrix: only root can make systems of their own'
    exit 1
fi

mkdir -p "$folder/log"
passed=0
failed=0
skipped=0
while IFS= read -r row; do
    name=${row%% *}
    [ -n "$name" ] || continue
    [[ $name == ${ROWS:-*} ]] || continue
    read -r -a arguments_of_row <<<"${row:57}"
    read -r system <<<"${row:16:15}"
    read -r what <<<"${row:31:26}"
    check_row "$name" "$system" "$what" "${arguments_of_row[@]}"
    case $? in
    0) passed=$((passed + 1)) ;;
    1) failed=$((failed + 1)) ;;
    *)
        skipped=$((skipped + 1))
        printf '%-16s %-26s COULD NOT BE HAD: %s\n' "$name" "$what" "the logs: $folder/log/*.system"
        ;;
    esac
done <<<"$rows"
echo 'not tried: mbedTLS 4, which no release of Debian has; the -psa rows use the interface that it has'
echo 'not tried: a whole run with musl; 32 bits with clang'
if [ "$skipped" -eq 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
