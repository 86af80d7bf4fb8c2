# SPDX-License-Identifier: GPL-3.0-or-later

# GS_REQUIRE_MODULE(PREFIX, MODULES, DEBIAN-PACKAGE)
# PKG_CHECK_MODULES that tells which package to install.
AC_DEFUN([GS_REQUIRE_MODULE],
[PKG_CHECK_MODULES([$1], [$2], [],
	[AC_MSG_ERROR([not found: $2. On Debian and Ubuntu: apt-get install $3])])])

# GS_CHECK_CFLAGS(VARIABLE, FLAGS)
# Append to VARIABLE each of FLAGS that the C compiler takes without complaint.
AC_DEFUN([GS_CHECK_CFLAGS],
[for gs_flag in $2; do
	AC_MSG_CHECKING([whether $CC accepts $gs_flag])
	gs_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $gs_flag"
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int gs_probe(void); int gs_probe(void) { return 0; }]])],
		[AC_MSG_RESULT([yes])
		AS_VAR_APPEND([$1], [" $gs_flag"])],
		[AC_MSG_RESULT([no])])
	CFLAGS=$gs_save_CFLAGS
done
AC_SUBST([$1])])

# GS_REQUIRE_LINK_FLAGS(VARIABLE, FLAGS, OPTION[, SOURCE])
# Append FLAGS to VARIABLE; end configure if a program cannot be linked with them.
AC_DEFUN([GS_REQUIRE_LINK_FLAGS],
[AC_MSG_CHECKING([whether $CC links with $2])
gs_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $2"
AC_LINK_IFELSE([m4_default([$4], [AC_LANG_PROGRAM])],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([$3 needs a compiler that supports $2])])
CFLAGS=$gs_save_CFLAGS
AS_VAR_APPEND([$1], [" $2"])])

# GS_CHECK_RUN_FLAGS(VARIABLE, FLAGS)
# Append FLAGS to VARIABLE if a program compiled and linked with them runs.
AC_DEFUN([GS_CHECK_RUN_FLAGS],
[AC_MSG_CHECKING([whether programs run that $CC makes with $2])
gs_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $2"
AC_RUN_IFELSE([AC_LANG_PROGRAM],
	[AC_MSG_RESULT([yes])
	AS_VAR_APPEND([$1], [" $2"])],
	[AC_MSG_RESULT([no])],
	[AC_MSG_RESULT([not known when cross-compiling])])
CFLAGS=$gs_save_CFLAGS])

# GS_CHECK_PEER(NAME, DEBIAN-PACKAGE, INCLUDES[, MODULE])
# Whether a program in C++ with INCLUDES, and with pkg-config's flags for MODULE,
# can be compiled: conditional PEER_NAME, flags in NAME_CFLAGS and NAME_LIBS.
AC_DEFUN([GS_CHECK_PEER],
[m4_ifval([$4], [PKG_CHECK_MODULES([$1], [$4], [], [:])])
AC_MSG_CHECKING([whether make bench can measure what is in $2])
AC_LANG_PUSH([C++])
gs_save_CPPFLAGS=$CPPFLAGS
CPPFLAGS="$CPPFLAGS $$1_CFLAGS"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$3])], [gs_peer=yes], [gs_peer=no])
CPPFLAGS=$gs_save_CPPFLAGS
AC_LANG_POP([C++])
AC_MSG_RESULT([$gs_peer])
AM_CONDITIONAL([PEER_$1], [test $gs_peer = yes])])
