/*
 * Where requests go: each row's URL is the one that botocore 1.44.5, AWS's own client for Python, sends to for the same
 * service, region, settings and request. test/botocore/endpoints.py asked it, wrote the rows, and asks it anew in
 * `make check-botocore`.
 */
#include "dynamo_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct endpoint_row {
    const char *service; /* as botocore calls it, but for "streams" */
    const char *region;
    bool        fips;
    bool        dual_stack;
    const char *mode;      /* account_id_endpoint_mode; NULL: the default */
    const char *account;   /* of the credentials; NULL: unknown */
    const char *endpoint;  /* that is given; NULL: none */
    const char *operation; /* NULL: one that is about no table */
    const char *request;   /* with ' for " */
    const char *url;       /* NULL: refused */
} endpoint_row;

static const endpoint_row endpoint_rows[] = {
    { .service = "dynamodb", .region = "us-east-1", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "eu-central-1", .url = "https://dynamodb.eu-central-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "ap-southeast-7",
      .url = "https://dynamodb.ap-southeast-7.amazonaws.com/" },
    { .service = "dynamodb", .region = "mx-central-1", .url = "https://dynamodb.mx-central-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "il-central-1", .url = "https://dynamodb.il-central-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "cn-north-1", .url = "https://dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1",
      .url = "https://dynamodb.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "us-gov-east-1", .url = "https://dynamodb.us-gov-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .url = "https://dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-isob-east-1",
      .url = "https://dynamodb.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "dynamodb", .region = "eu-isoe-west-1",
      .url = "https://dynamodb.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "dynamodb", .region = "us-isof-south-1",
      .url = "https://dynamodb.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .url = "https://dynamodb.eusc-de-east-1.amazonaws.eu/" },
    { .service = "dynamodb", .region = "us-moon-1", .url = "https://dynamodb.us-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "cn-moon-1", .url = "https://dynamodb.cn-moon-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .url = "https://dynamodb.us-gov-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-iso-moon-1", .url = "https://dynamodb.us-iso-moon-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-isob-moon-9",
      .url = "https://dynamodb.us-isob-moon-9.sc2s.sgov.gov/" },
    { .service = "dynamodb", .region = "eu-isoe-moon-1",
      .url = "https://dynamodb.eu-isoe-moon-1.cloud.adc-e.uk/" },
    { .service = "dynamodb", .region = "us-isof-moon-12",
      .url = "https://dynamodb.us-isof-moon-12.csp.hci.ic.gov/" },
    { .service = "dynamodb", .region = "eusc-de-moon-1", .url = "https://dynamodb.eusc-de-moon-1.amazonaws.eu/" },
    { .service = "dynamodb", .region = "eusc-fr-east-1",
      .url = "https://dynamodb.eusc-fr-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "mars-1", .url = "https://dynamodb.mars-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "moon", .url = "https://dynamodb.moon.amazonaws.com/" },
    { .service = "dynamodb", .region = "cn-north", .url = "https://dynamodb.cn-north.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-x", .url = "https://dynamodb.us-gov-west-x.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-iso-1", .url = "https://dynamodb.us-iso-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "xcn-north-1", .url = "https://dynamodb.xcn-north-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "cn-north-1-1", .url = "https://dynamodb.cn-north-1-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true,
      .url = "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true,
      .url = "https://dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true,
      .url = "https://dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true,
      .url = "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1", .fips = true,
      .url = "https://dynamodb-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://dynamodb.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "us-gov-east-1", .fips = true,
      .url = "https://dynamodb.us-gov-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://dynamodb.us-gov-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-gov-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true,
      .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://dynamodb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true,
      .url = "https://dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-isob-east-1", .fips = true,
      .url = "https://dynamodb-fips.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "dynamodb", .region = "us-isob-east-1", .dual_stack = true,
      .url = "https://dynamodb.us-isob-east-1.api.aws.scloud/" },
    { .service = "dynamodb", .region = "us-isob-east-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-isob-east-1.api.aws.scloud/" },
    { .service = "dynamodb", .region = "eu-isoe-west-1", .fips = true,
      .url = "https://dynamodb-fips.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "dynamodb", .region = "eu-isoe-west-1", .dual_stack = true,
      .url = "https://dynamodb.eu-isoe-west-1.api.cloud-aws.adc-e.uk/" },
    { .service = "dynamodb", .region = "eu-isoe-west-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk/" },
    { .service = "dynamodb", .region = "us-isof-south-1", .fips = true,
      .url = "https://dynamodb-fips.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "dynamodb", .region = "us-isof-south-1", .dual_stack = true,
      .url = "https://dynamodb.us-isof-south-1.api.aws.hci.ic.gov/" },
    { .service = "dynamodb", .region = "us-isof-south-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-isof-south-1.api.aws.hci.ic.gov/" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .fips = true,
      .url = "https://dynamodb-fips.eusc-de-east-1.amazonaws.eu/" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .dual_stack = true,
      .url = "https://dynamodb.eusc-de-east-1.api.amazonwebservices.eu/" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.eusc-de-east-1.api.amazonwebservices.eu/" },
    { .service = "dynamodb", .region = "us-moon-1", .fips = true,
      .url = "https://dynamodb-fips.us-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-moon-1", .dual_stack = true,
      .url = "https://dynamodb.us-moon-1.api.aws/" },
    { .service = "dynamodb", .region = "us-moon-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-moon-1.api.aws/" },
    { .service = "dynamodb", .region = "cn-moon-1", .fips = true,
      .url = "https://dynamodb-fips.cn-moon-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-moon-1", .dual_stack = true,
      .url = "https://dynamodb.cn-moon-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-moon-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.cn-moon-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .fips = true,
      .url = "https://dynamodb.us-gov-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .dual_stack = true,
      .url = "https://dynamodb.us-gov-moon-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-gov-moon-1.api.aws/" },
    { .service = "dynamodb", .region = "us-iso-moon-1", .fips = true,
      .url = "https://dynamodb-fips.us-iso-moon-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-moon-1", .dual_stack = true,
      .url = "https://dynamodb.us-iso-moon-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-moon-1", .fips = true, .dual_stack = true,
      .url = "https://dynamodb-fips.us-iso-moon-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "fips-us-east-1",
      .url = "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "fips-us-east-1",
      .url = "https://streams.dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "fips-us-east-1", .dual_stack = true,
      .url = "https://dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1-fips",
      .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-west-1-fips",
      .url = "https://streams.dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1-fips", .dual_stack = true,
      .url = "https://dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "cn-north-1-fips",
      .url = "https://dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "cn-north-1-fips",
      .url = "https://streams.dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1-fips", .dual_stack = true,
      .url = "https://dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "fips-us-iso-east-1",
      .url = "https://dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "fips-us-iso-east-1",
      .url = "https://streams.dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "fips-us-iso-east-1", .dual_stack = true,
      .url = "https://dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "streams", .region = "us-east-1", .url = "https://streams.dynamodb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "cn-north-1",
      .url = "https://streams.dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "us-gov-west-1",
      .url = "https://streams.dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-east-1",
      .url = "https://streams.dynamodb.us-gov-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-iso-east-1",
      .url = "https://streams.dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "us-isob-east-1",
      .url = "https://streams.dynamodb.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "streams", .region = "eu-isoe-west-1",
      .url = "https://streams.dynamodb.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "streams", .region = "us-isof-south-1",
      .url = "https://streams.dynamodb.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "streams", .region = "eusc-de-east-1",
      .url = "https://streams.dynamodb.eusc-de-east-1.amazonaws.eu/" },
    { .service = "streams", .region = "mars-1", .url = "https://streams.dynamodb.mars-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .fips = true,
      .url = "https://streams.dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .dual_stack = true,
      .url = "https://streams-dynamodb.us-east-1.api.aws/" },
    { .service = "streams", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.us-east-1.api.aws/" },
    { .service = "streams", .region = "cn-northwest-1", .fips = true,
      .url = "https://streams.dynamodb-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://streams-dynamodb.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "streams", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "streams", .region = "us-gov-west-1", .fips = true,
      .url = "https://streams.dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://streams-dynamodb.us-gov-west-1.api.aws/" },
    { .service = "streams", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "streams", .region = "us-gov-east-1", .fips = true,
      .url = "https://streams.dynamodb.us-gov-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://streams-dynamodb.us-gov-east-1.api.aws/" },
    { .service = "streams", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.us-gov-east-1.api.aws/" },
    { .service = "streams", .region = "us-iso-east-1", .fips = true,
      .url = "https://streams.dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://streams-dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "streams", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "streams", .region = "mars-1", .fips = true,
      .url = "https://streams.dynamodb-fips.mars-1.amazonaws.com/" },
    { .service = "streams", .region = "mars-1", .dual_stack = true,
      .url = "https://streams-dynamodb.mars-1.api.aws/" },
    { .service = "streams", .region = "mars-1", .fips = true, .dual_stack = true,
      .url = "https://streams-dynamodb-fips.mars-1.api.aws/" },
    { .service = "streams", .region = "us-east-1", .endpoint = "https://example.com/",
      .url = "https://example.com/" },
    { .service = "streams", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "streams", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "sts", .region = "us-east-1", .url = "https://sts.us-east-1.amazonaws.com/" },
    { .service = "sts", .region = "cn-north-1", .url = "https://sts.cn-north-1.amazonaws.com.cn/" },
    { .service = "sts", .region = "us-gov-west-1", .url = "https://sts.us-gov-west-1.amazonaws.com/" },
    { .service = "sts", .region = "us-gov-east-1", .url = "https://sts.us-gov-east-1.amazonaws.com/" },
    { .service = "sts", .region = "us-iso-east-1", .url = "https://sts.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sts", .region = "us-isob-east-1", .url = "https://sts.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "sts", .region = "eu-isoe-west-1", .url = "https://sts.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "sts", .region = "us-isof-south-1", .url = "https://sts.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "sts", .region = "eusc-de-east-1", .url = "https://sts.eusc-de-east-1.amazonaws.eu/" },
    { .service = "sts", .region = "mars-1", .url = "https://sts.mars-1.amazonaws.com/" },
    { .service = "sts", .region = "us-east-1", .fips = true, .url = "https://sts-fips.us-east-1.amazonaws.com/" },
    { .service = "sts", .region = "us-east-1", .dual_stack = true, .url = "https://sts.us-east-1.api.aws/" },
    { .service = "sts", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.us-east-1.api.aws/" },
    { .service = "sts", .region = "cn-northwest-1", .fips = true,
      .url = "https://sts-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "sts", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://sts.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sts", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sts", .region = "us-gov-west-1", .fips = true,
      .url = "https://sts.us-gov-west-1.amazonaws.com/" },
    { .service = "sts", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://sts.us-gov-west-1.api.aws/" },
    { .service = "sts", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.us-gov-west-1.api.aws/" },
    { .service = "sts", .region = "us-gov-east-1", .fips = true,
      .url = "https://sts.us-gov-east-1.amazonaws.com/" },
    { .service = "sts", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://sts.us-gov-east-1.api.aws/" },
    { .service = "sts", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.us-gov-east-1.api.aws/" },
    { .service = "sts", .region = "us-iso-east-1", .fips = true,
      .url = "https://sts-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sts", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://sts.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sts", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sts", .region = "mars-1", .fips = true, .url = "https://sts-fips.mars-1.amazonaws.com/" },
    { .service = "sts", .region = "mars-1", .dual_stack = true, .url = "https://sts.mars-1.api.aws/" },
    { .service = "sts", .region = "mars-1", .fips = true, .dual_stack = true,
      .url = "https://sts-fips.mars-1.api.aws/" },
    { .service = "sts", .region = "us-east-1", .endpoint = "https://example.com/",
      .url = "https://example.com/" },
    { .service = "sts", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "sts", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "sso", .region = "us-east-1", .url = "https://portal.sso.us-east-1.amazonaws.com/" },
    { .service = "sso", .region = "cn-north-1", .url = "https://portal.sso.cn-north-1.amazonaws.com.cn/" },
    { .service = "sso", .region = "us-gov-west-1", .url = "https://portal.sso.us-gov-west-1.amazonaws.com/" },
    { .service = "sso", .region = "us-gov-east-1", .url = "https://portal.sso.us-gov-east-1.amazonaws.com/" },
    { .service = "sso", .region = "us-iso-east-1", .url = "https://portal.sso.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sso", .region = "us-isob-east-1", .url = "https://portal.sso.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "sso", .region = "eu-isoe-west-1", .url = "https://portal.sso.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "sso", .region = "us-isof-south-1",
      .url = "https://portal.sso.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "sso", .region = "eusc-de-east-1", .url = "https://portal.sso.eusc-de-east-1.amazonaws.eu/" },
    { .service = "sso", .region = "mars-1", .url = "https://portal.sso.mars-1.amazonaws.com/" },
    { .service = "sso", .region = "us-east-1", .fips = true,
      .url = "https://portal.sso-fips.us-east-1.amazonaws.com/" },
    { .service = "sso", .region = "us-east-1", .dual_stack = true,
      .url = "https://portal.sso.us-east-1.api.aws/" },
    { .service = "sso", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.us-east-1.api.aws/" },
    { .service = "sso", .region = "cn-northwest-1", .fips = true,
      .url = "https://portal.sso-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "sso", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://portal.sso.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sso", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sso", .region = "us-gov-west-1", .fips = true,
      .url = "https://portal.sso.us-gov-west-1.amazonaws.com/" },
    { .service = "sso", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://portal.sso.us-gov-west-1.api.aws/" },
    { .service = "sso", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.us-gov-west-1.api.aws/" },
    { .service = "sso", .region = "us-gov-east-1", .fips = true,
      .url = "https://portal.sso.us-gov-east-1.amazonaws.com/" },
    { .service = "sso", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://portal.sso.us-gov-east-1.api.aws/" },
    { .service = "sso", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.us-gov-east-1.api.aws/" },
    { .service = "sso", .region = "us-iso-east-1", .fips = true,
      .url = "https://portal.sso-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sso", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://portal.sso.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sso", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sso", .region = "mars-1", .fips = true,
      .url = "https://portal.sso-fips.mars-1.amazonaws.com/" },
    { .service = "sso", .region = "mars-1", .dual_stack = true, .url = "https://portal.sso.mars-1.api.aws/" },
    { .service = "sso", .region = "mars-1", .fips = true, .dual_stack = true,
      .url = "https://portal.sso-fips.mars-1.api.aws/" },
    { .service = "sso", .region = "us-east-1", .endpoint = "https://example.com/",
      .url = "https://example.com/" },
    { .service = "sso", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "sso", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "sso-oidc", .region = "us-east-1", .url = "https://oidc.us-east-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "cn-north-1", .url = "https://oidc.cn-north-1.amazonaws.com.cn/" },
    { .service = "sso-oidc", .region = "us-gov-west-1", .url = "https://oidc.us-gov-west-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-gov-east-1", .url = "https://oidc.us-gov-east-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-iso-east-1", .url = "https://oidc.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sso-oidc", .region = "us-isob-east-1", .url = "https://oidc.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "sso-oidc", .region = "eu-isoe-west-1", .url = "https://oidc.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "sso-oidc", .region = "us-isof-south-1", .url = "https://oidc.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "sso-oidc", .region = "eusc-de-east-1", .url = "https://oidc.eusc-de-east-1.amazonaws.eu/" },
    { .service = "sso-oidc", .region = "mars-1", .url = "https://oidc.mars-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-east-1", .fips = true,
      .url = "https://oidc-fips.us-east-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-east-1", .dual_stack = true,
      .url = "https://oidc.us-east-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.us-east-1.api.aws/" },
    { .service = "sso-oidc", .region = "cn-northwest-1", .fips = true,
      .url = "https://oidc-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "sso-oidc", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://oidc.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sso-oidc", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "sso-oidc", .region = "us-gov-west-1", .fips = true,
      .url = "https://oidc.us-gov-west-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://oidc.us-gov-west-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.us-gov-west-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-gov-east-1", .fips = true,
      .url = "https://oidc.us-gov-east-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://oidc.us-gov-east-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.us-gov-east-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-iso-east-1", .fips = true,
      .url = "https://oidc-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "sso-oidc", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://oidc.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sso-oidc", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "sso-oidc", .region = "mars-1", .fips = true, .url = "https://oidc-fips.mars-1.amazonaws.com/" },
    { .service = "sso-oidc", .region = "mars-1", .dual_stack = true, .url = "https://oidc.mars-1.api.aws/" },
    { .service = "sso-oidc", .region = "mars-1", .fips = true, .dual_stack = true,
      .url = "https://oidc-fips.mars-1.api.aws/" },
    { .service = "sso-oidc", .region = "us-east-1", .endpoint = "https://example.com/",
      .url = "https://example.com/" },
    { .service = "sso-oidc", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "sso-oidc", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "signin", .region = "us-east-1", .url = "https://us-east-1.signin.aws.amazon.com/" },
    { .service = "signin", .region = "cn-north-1", .url = "https://cn-north-1.signin.amazonaws.cn/" },
    { .service = "signin", .region = "us-gov-west-1",
      .url = "https://us-gov-west-1.signin.amazonaws-us-gov.com/" },
    { .service = "signin", .region = "us-gov-east-1",
      .url = "https://us-gov-east-1.signin.amazonaws-us-gov.com/" },
    { .service = "signin", .region = "us-iso-east-1", .url = "https://us-iso-east-1.signin.c2shome.ic.gov/" },
    { .service = "signin", .region = "us-isob-east-1",
      .url = "https://us-isob-east-1.signin.sc2shome.sgov.gov/" },
    { .service = "signin", .region = "eu-isoe-west-1", .url = "https://eu-isoe-west-1.signin.csphome.adc-e.uk/" },
    { .service = "signin", .region = "us-isof-south-1",
      .url = "https://us-isof-south-1.signin.csphome.hci.ic.gov/" },
    { .service = "signin", .region = "eusc-de-east-1",
      .url = "https://eusc-de-east-1.signin.amazonaws-eusc.eu/" },
    { .service = "signin", .region = "mars-1", .url = "https://mars-1.signin.aws.amazon.com/" },
    { .service = "signin", .region = "us-east-1", .fips = true,
      .url = "https://signin-fips.us-east-1.amazonaws.com/" },
    { .service = "signin", .region = "us-east-1", .dual_stack = true,
      .url = "https://signin.us-east-1.api.aws/" },
    { .service = "signin", .region = "us-east-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.us-east-1.api.aws/" },
    { .service = "signin", .region = "cn-northwest-1", .fips = true,
      .url = "https://signin-fips.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "signin", .region = "cn-northwest-1", .dual_stack = true,
      .url = "https://signin.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "signin", .region = "cn-northwest-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.cn-northwest-1.api.amazonwebservices.com.cn/" },
    { .service = "signin", .region = "us-gov-west-1", .fips = true,
      .url = "https://signin-fips.amazonaws-us-gov.com/" },
    { .service = "signin", .region = "us-gov-west-1", .dual_stack = true,
      .url = "https://signin.us-gov-west-1.api.aws/" },
    { .service = "signin", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.us-gov-west-1.api.aws/" },
    { .service = "signin", .region = "us-gov-east-1", .fips = true,
      .url = "https://us-gov-east-1.signin-fips.amazonaws-us-gov.com/" },
    { .service = "signin", .region = "us-gov-east-1", .dual_stack = true,
      .url = "https://signin.us-gov-east-1.api.aws/" },
    { .service = "signin", .region = "us-gov-east-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.us-gov-east-1.api.aws/" },
    { .service = "signin", .region = "us-iso-east-1", .fips = true,
      .url = "https://signin-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "signin", .region = "us-iso-east-1", .dual_stack = true,
      .url = "https://signin.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "signin", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "signin", .region = "mars-1", .fips = true, .url = "https://signin-fips.mars-1.amazonaws.com/" },
    { .service = "signin", .region = "mars-1", .dual_stack = true, .url = "https://signin.mars-1.api.aws/" },
    { .service = "signin", .region = "mars-1", .fips = true, .dual_stack = true,
      .url = "https://signin-fips.mars-1.api.aws/" },
    { .service = "signin", .region = "us-east-1", .endpoint = "https://example.com/",
      .url = "https://example.com/" },
    { .service = "signin", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "signin", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "111122223333", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}", .url = "https://search-dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .account = "111122223333", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true,
      .account = "111122223333", .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "cn-north-1", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .account = "111122223333", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true,
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .account = "111122223333", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .account = "111122223333",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true,
      .account = "111122223333", .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://search-dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "SearchVectors",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'IndexName': 'i'}",
      .url = "https://111122223333.search-ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "local", .operation = "SearchVectors",
      .request = "{'TableName': 't', 'IndexName': 'i'}", .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "https://example.com/",
      .operation = "SearchVectors", .request = "{'TableName': 't', 'IndexName': 'i'}",
      .url = "https://example.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "111122223333",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "me-central-1", .account = "111122223333",
      .url = "https://111122223333.ddb.me-central-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "me-central-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.me-central-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-moon-1", .account = "111122223333",
      .url = "https://111122223333.ddb.us-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-moon-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.us-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "mars-1", .account = "111122223333",
      .url = "https://111122223333.ddb.mars-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "mars-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.mars-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "cn-north-1", .account = "111122223333",
      .url = "https://111122223333.ddb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1", .account = "111122223333",
      .url = "https://111122223333.ddb.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-northwest-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.cn-northwest-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-moon-1", .account = "111122223333",
      .url = "https://dynamodb.cn-moon-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-moon-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-gov-east-1", .account = "111122223333",
      .url = "https://111122223333.ddb.us-gov-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-east-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.us-gov-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .account = "111122223333",
      .url = "https://111122223333.ddb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .mode = "required", .account = "111122223333",
      .url = "https://111122223333.ddb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .account = "111122223333",
      .url = "https://dynamodb.us-gov-moon-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-moon-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-iso-east-1", .account = "111122223333",
      .url = "https://dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-isob-east-1", .account = "111122223333",
      .url = "https://dynamodb.us-isob-east-1.sc2s.sgov.gov/" },
    { .service = "dynamodb", .region = "us-isob-east-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "eu-isoe-west-1", .account = "111122223333",
      .url = "https://dynamodb.eu-isoe-west-1.cloud.adc-e.uk/" },
    { .service = "dynamodb", .region = "eu-isoe-west-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-isof-south-1", .account = "111122223333",
      .url = "https://dynamodb.us-isof-south-1.csp.hci.ic.gov/" },
    { .service = "dynamodb", .region = "us-isof-south-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .account = "111122223333",
      .url = "https://dynamodb.eusc-de-east-1.amazonaws.eu/" },
    { .service = "dynamodb", .region = "eusc-de-east-1", .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "preferred",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://111122223333.ddb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .mode = "preferred", .account = "111122223333",
      .url = "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "preferred",
      .url = "https://dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .mode = "disabled", .account = "111122223333",
      .url = "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb-fips.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "disabled",
      .url = "https://dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "required",
      .account = "111122223333", .url = "https://111122223333.ddb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .mode = "required", .account = "111122223333" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .mode = "required" },
    { .service = "dynamodb", .region = "cn-north-1", .mode = "preferred",
      .url = "https://dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://111122223333.ddb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .mode = "preferred", .account = "111122223333",
      .url = "https://dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "preferred",
      .url = "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .mode = "disabled",
      .url = "https://dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .mode = "disabled", .account = "111122223333",
      .url = "https://dynamodb-fips.cn-north-1.amazonaws.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb-fips.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "disabled",
      .url = "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .mode = "required" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "required",
      .account = "111122223333", .url = "https://111122223333.ddb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "cn-north-1", .fips = true, .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "cn-north-1", .dual_stack = true, .mode = "required" },
    { .service = "dynamodb", .region = "us-gov-west-1", .mode = "preferred",
      .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://111122223333.ddb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "preferred",
      .url = "https://dynamodb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .mode = "disabled",
      .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb-fips.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "disabled",
      .url = "https://dynamodb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .mode = "required" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "required",
      .account = "111122223333", .url = "https://111122223333.ddb.us-gov-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-gov-west-1", .fips = true, .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-gov-west-1", .dual_stack = true, .mode = "required" },
    { .service = "dynamodb", .region = "us-iso-east-1", .mode = "preferred",
      .url = "https://dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true, .mode = "preferred",
      .account = "111122223333", .url = "https://dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "preferred",
      .url = "https://dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .mode = "disabled",
      .url = "https://dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb-fips.us-iso-east-1.c2s.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true, .mode = "disabled",
      .account = "111122223333", .url = "https://dynamodb-fips.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "disabled",
      .url = "https://dynamodb.us-iso-east-1.api.aws.ic.gov/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .mode = "required" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-iso-east-1", .fips = true, .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-iso-east-1", .dual_stack = true, .mode = "required" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled", .account = "111122223333",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "not an account" },
    { .service = "dynamodb", .region = "us-east-1", .account = "-1" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled", .account = "not an account",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "local", .mode = "preferred", .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "local", .mode = "preferred", .account = "111122223333",
      .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "preferred", .endpoint = "http://example.com:8000/a/",
      .url = "http://example.com:8000/a/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "preferred", .account = "111122223333",
      .endpoint = "https://example.com/", .url = "https://example.com/" },
    { .service = "dynamodb", .region = "local", .mode = "required", .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "local", .mode = "required", .account = "111122223333",
      .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .endpoint = "http://example.com:8000/a/",
      .url = "http://example.com:8000/a/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .account = "111122223333",
      .endpoint = "https://example.com/", .url = "https://example.com/" },
    { .service = "streams", .region = "us-east-1", .account = "111122223333",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "me-central-1", .account = "111122223333",
      .url = "https://streams.dynamodb.me-central-1.amazonaws.com/" },
    { .service = "streams", .region = "me-central-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.me-central-1.amazonaws.com/" },
    { .service = "streams", .region = "me-south-1", .account = "111122223333",
      .url = "https://streams.dynamodb.me-south-1.amazonaws.com/" },
    { .service = "streams", .region = "me-south-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.me-south-1.amazonaws.com/" },
    { .service = "streams", .region = "cn-north-1", .account = "111122223333",
      .url = "https://111122223333.streams-ddb.cn-north-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "cn-north-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.cn-north-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "cn-moon-1", .account = "111122223333",
      .url = "https://111122223333.streams-ddb.cn-moon-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "cn-moon-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.cn-moon-1.amazonaws.com.cn/" },
    { .service = "streams", .region = "us-gov-west-1", .account = "111122223333",
      .url = "https://111122223333.streams-ddb.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-west-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-moon-1", .account = "111122223333",
      .url = "https://111122223333.streams-ddb.us-gov-moon-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-moon-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.us-gov-moon-1.amazonaws.com/" },
    { .service = "streams", .region = "us-iso-east-1", .account = "111122223333",
      .url = "https://streams.dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "us-iso-east-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "eusc-de-east-1", .account = "111122223333",
      .url = "https://streams.dynamodb.eusc-de-east-1.amazonaws.eu/" },
    { .service = "streams", .region = "eusc-de-east-1", .mode = "disabled", .account = "111122223333",
      .url = "https://streams.dynamodb.eusc-de-east-1.amazonaws.eu/" },
    { .service = "streams", .region = "us-east-1", .fips = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb-fips.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .dual_stack = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb.us-east-1.api.aws/" },
    { .service = "streams", .region = "us-east-1", .fips = true, .dual_stack = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb-fips.us-east-1.api.aws/" },
    { .service = "streams", .region = "us-gov-west-1", .fips = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb-fips.us-gov-west-1.amazonaws.com/" },
    { .service = "streams", .region = "us-gov-west-1", .dual_stack = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb.us-gov-west-1.api.aws/" },
    { .service = "streams", .region = "us-gov-west-1", .fips = true, .dual_stack = true, .account = "111122223333",
      .url = "https://111122223333.streams-ddb-fips.us-gov-west-1.api.aws/" },
    { .service = "streams", .region = "me-south-1", .fips = true, .account = "111122223333",
      .url = "https://streams.dynamodb-fips.me-south-1.amazonaws.com/" },
    { .service = "streams", .region = "me-south-1", .dual_stack = true, .account = "111122223333",
      .url = "https://streams-dynamodb.me-south-1.api.aws/" },
    { .service = "streams", .region = "me-south-1", .fips = true, .dual_stack = true, .account = "111122223333",
      .url = "https://streams-dynamodb-fips.me-south-1.api.aws/" },
    { .service = "streams", .region = "me-south-1", .mode = "required", .account = "111122223333" },
    { .service = "streams", .region = "me-central-1", .dual_stack = true, .mode = "required",
      .account = "111122223333" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "https://dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "https://search-dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "https://dynamodb.us-east-1.amazonaws.com/",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "https://dynamodb.eu-west-1.api.aws/",
      .url = "https://dynamodb.eu-west-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "http://[::1]:8000/",
      .url = "http://[::1]:8000/" },
    { .service = "dynamodb", .region = "us-east-1", .endpoint = "http://localhost:8000/path/",
      .url = "http://localhost:8000/path/" },
    { .service = "dynamodb", .region = "cn-north-1",
      .endpoint = "https://dynamodb.cn-north-1.api.amazonwebservices.com.cn/" },
    { .service = "streams", .region = "us-east-1", .endpoint = "https://streams-dynamodb.us-east-1.api.aws/",
      .url = "https://streams-dynamodb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .endpoint = "https://example.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .endpoint = "https://example.com/" },
    { .service = "dynamodb", .region = "local", .url = "http://localhost:8000/" },
    { .service = "dynamodb", .region = "local", .fips = true },
    { .service = "dynamodb", .region = "local", .dual_stack = true },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 't', 'Key': {}}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-west-2:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dax:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1::table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:a.b:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn::dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws-cn:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t:u/v', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "CreateGlobalTable",
      .request = "{'GlobalTableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'ReplicationGroup': []}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "RestoreTableFromBackup",
      .request = "{'TargetTableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'BackupArn': "
      "'arn:aws:dynamodb:us-east-1:444455556666:table/t'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "RestoreTableFromBackup",
      .request = "{'TargetTableName': 't', 'BackupArn': 'arn:aws:dynamodb:us-east-1:444455556666:table/t'}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "RestoreTableToPointInTime",
      .request = "{'TargetTableName': 't', 'SourceTableArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "DescribeBackup",
      .request = "{'BackupArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/backup/1'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "DescribeExport",
      .request = "{'ExportArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/export/1'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "DescribeImport",
      .request = "{'ImportArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/import/1'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "ListExports",
      .request = "{'TableArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TagResource",
      .request = "{'ResourceArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Tags': []}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "CancelBulkOperation",
      .request = "{'BulkOperationArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/bulk/1'}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "EnableKinesisStreamingDestination",
      .request = "{'TableName': 't', 'StreamArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "ImportTable",
      .request = "{'S3BucketSource': {'S3Bucket': 'b'}, 'InputFormat': 'CSV', 'TableCreationParameters': "
      "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "BatchGetItem",
      .request = "{'RequestItems': {'arn:aws:dynamodb:us-east-1:111122223333:table/t': {'Keys': [{}]}, "
      "'arn:aws:dynamodb:us-east-1:444455556666:table/t': {'Keys': [{}]}}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "BatchGetItem",
      .request = "{'RequestItems': {'t': {'Keys': [{}]}, 'arn:aws:dynamodb:us-east-1:111122223333:table/t': "
      "{'Keys': [{}]}}}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "BatchWriteItem",
      .request = "{'RequestItems': {'arn:aws:dynamodb:us-east-1:111122223333:table/t': []}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "BatchWriteItem",
      .request = "{'RequestItems': {}}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactGetItems",
      .request = "{'TransactItems': [{'Get': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}, {'Get': {'TableName': 't'}}]}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactGetItems",
      .request = "{'TransactItems': [{'Get': {'TableName': 't'}}, {'Get': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}]}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': [{'Put': {'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}]}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': [{'Update': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}, {'Put': {'TableName': 't'}}]}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': [{'Delete': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}]}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': [{'ConditionCheck': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}]}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': [{'Put': {'TableName': 't'}}, {'Put': {'TableName': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t'}}]}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "TransactWriteItems",
      .request = "{'TransactItems': []}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .operation = "ExecuteStatement",
      .request = "{'Statement': 'SELECT * FROM t'}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "444455556666", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "444455556666", .operation = "GetItem",
      .request = "{'TableName': 't', 'Key': {}}", .url = "https://444455556666.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .operation = "GetItem",
      .request = "{'TableName': 't', 'Key': {}}" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled", .operation = "GetItem",
      .request = "{'TableName': 't', 'Key': {}}", .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .account = "444455556666", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-west-2:111122223333:table/t', 'Key': {}}",
      .url = "https://444455556666.ddb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "required", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-west-2:111122223333:table/t', 'Key': {}}" },
    { .service = "dynamodb", .region = "us-east-1", .mode = "disabled", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-west-2:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .fips = true, .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb-fips.us-east-1.amazonaws.com/" },
    { .service = "dynamodb", .region = "us-east-1", .dual_stack = true, .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://111122223333.ddb.us-east-1.api.aws/" },
    { .service = "dynamodb", .region = "us-iso-east-1", .operation = "GetItem",
      .request = "{'TableName': 'arn:aws:dynamodb:us-iso-east-1:111122223333:table/t', 'Key': {}}",
      .url = "https://dynamodb.us-iso-east-1.c2s.ic.gov/" },
    { .service = "streams", .region = "us-east-1", .operation = "DescribeStream",
      .request = "{'StreamArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .account = "444455556666", .operation = "DescribeStream",
      .request = "{'StreamArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "required", .operation = "DescribeStream",
      .request = "{'StreamArn': 'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .operation = "GetShardIterator",
      .request = "{'StreamArn': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000', 'ShardId': 's', "
      "'ShardIteratorType': 'LATEST'}", .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .account = "444455556666", .operation = "GetShardIterator",
      .request = "{'StreamArn': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000', 'ShardId': 's', "
      "'ShardIteratorType': 'LATEST'}", .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "required", .operation = "GetShardIterator",
      .request = "{'StreamArn': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000', 'ShardId': 's', "
      "'ShardIteratorType': 'LATEST'}", .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .operation = "GetRecords",
      .request = "{'ShardIterator': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000|1|AAAA'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .account = "444455556666", .operation = "GetRecords",
      .request = "{'ShardIterator': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000|1|AAAA'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "required", .operation = "GetRecords",
      .request = "{'ShardIterator': "
      "'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-01-01T00:00:00.000|1|AAAA'}",
      .url = "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .operation = "GetRecords",
      .request = "{'ShardIterator': 'AAAA'}", .url = "https://streams.dynamodb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .account = "444455556666", .operation = "GetRecords",
      .request = "{'ShardIterator': 'AAAA'}",
      .url = "https://444455556666.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "required", .operation = "GetRecords",
      .request = "{'ShardIterator': 'AAAA'}" },
    { .service = "streams", .region = "us-east-1", .operation = "ListStreams",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}",
      .url = "https://streams.dynamodb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .account = "444455556666", .operation = "ListStreams",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}",
      .url = "https://444455556666.streams-ddb.us-east-1.amazonaws.com/" },
    { .service = "streams", .region = "us-east-1", .mode = "required", .operation = "ListStreams",
      .request = "{'TableName': 'arn:aws:dynamodb:us-east-1:111122223333:table/t'}" },
};

/* ---- What a call goes to ----------------------------------------------------------------------------------------- */

/* A port of this host that refuses connections, as a proxy: nothing leaves the host, and libcurl keeps the URL. */
typedef struct watched {
    int         closed_port;
    char        proxy[40];
    CURL       *curl;
    const char *account;
} watched;

static watched watch;

static void on_handle(void *context, void *curl)
{
    watched *watching = context;

    watching->curl = curl;
    curl_easy_setopt(curl, CURLOPT_PROXY, watching->proxy);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
}

static bool give_credentials(void *context, dynamo_credentials *credentials, dynamo_error *error)
{
    const watched *watching = context;

    (void)error;
    return dynamo_credentials_set(credentials, "AKIDEXAMPLE", "secret", NULL, watching->account, 0) == DYNAMO_OK;
}

static int start_watching(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          length  = sizeof(address);

    (void)state;
    watch.closed_port = socket(AF_INET, SOCK_STREAM, 0);
    if (watch.closed_port < 0 || bind(watch.closed_port, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        getsockname(watch.closed_port, (struct sockaddr *)&address, &length) != 0)
        return -1;
    snprintf(watch.proxy, sizeof(watch.proxy), "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return 0;
}

static int stop_watching(void **state)
{
    (void)state;
    return close(watch.closed_port);
}

/* No file and no variable has a say, but for those that a test sets. */
static int start_clean(void **state)
{
    static const char *const names[] = {
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ACCOUNT_ID",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SIGNIN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE",
        "AWS_CA_BUNDLE",
        "AWS_SDK_UA_APP_ID",
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(names); i++)
        unsetenv(names[i]);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    return 0;
}

static dynamo_config config_of(const endpoint_row *row)
{
    watch.account = row->account;
    watch.curl    = NULL;
    return (dynamo_config){
        .region                   = row->region,
        .account_id_endpoint_mode = row->mode,
        .use_fips_endpoint        = DYNAMO_BOOL(row->fips),
        .use_dualstack_endpoint   = DYNAMO_BOOL(row->dual_stack),
        .max_attempts             = 1,
        .context                  = &watch,
        .credentials              = give_credentials,
        .on_handle                = on_handle,
    };
}

static void describe(const endpoint_row *row, char *text, size_t size)
{
    snprintf(text, size, "%s %s%s%s mode %s account %s endpoint %s %s %s", row->service, row->region,
             row->fips ? " FIPS" : "", row->dual_stack ? " dual-stack" : "", row->mode != NULL ? row->mode : "-",
             row->account != NULL ? row->account : "-", row->endpoint != NULL ? row->endpoint : "-",
             row->operation != NULL ? row->operation : "", row->request != NULL ? row->request : "");
}

/* Where the last exchange went; NULL: nowhere. */
static const char *last_url(void)
{
    char *url = NULL;

    if (watch.curl != NULL)
        curl_easy_getinfo(watch.curl, CURLINFO_EFFECTIVE_URL, &url);
    return url;
}

static void expect_url(const char *name, const char *expected, const char *found, dynamo_status status,
                       const dynamo_error *error)
{
    if (expected == NULL && (status != DYNAMO_ERR_INVALID_ARGUMENT || error->message[0] == '\0'))
        fail_msg("%s: %s, expected to be refused: %s", name, dynamo_status_name(status), error->message);
    if (expected != NULL && (found == NULL || strcmp(found, expected) != 0))
        fail_msg("%s: it went to %s, expected %s: %s", name, found != NULL ? found : "(nowhere)", expected,
                 error->message);
}

static json_t *load_request(const char *quoted)
{
    char    text[600];
    json_t *request;

    snprintf(text, sizeof(text), "%s", quoted != NULL ? quoted : "{}");
    for (char *quote = strchr(text, '\''); quote != NULL; quote = strchr(quote, '\''))
        *quote = '"';
    request = json_loads(text, 0, NULL);
    if (request == NULL)
        fail_msg("no JSON: %s", text);
    return request;
}

static void check_call(const endpoint_row *row, const char *name)
{
    const bool     streams = strcmp(row->service, "streams") == 0;
    dynamo_config  config  = config_of(row);
    dynamo_error   error   = { 0 };
    dynamo_status  status;
    dynamo_client *client;
    json_t        *request = load_request(row->request);
    const char    *usual   = streams ? "ListStreams" : "ListTables";

    config.endpoint = streams ? NULL : row->endpoint;
    if (streams)
        config.streams_endpoint = row->endpoint;
    client = dynamo_client_new(&config, &error);
    status = error.status;
    if (client != NULL)
        status = dynamo_call(client, row->operation != NULL ? row->operation : usual, request, NULL, &error);
    expect_url(name, row->url, client != NULL ? last_url() : NULL, status, &error);
    if (row->url == NULL && error.attempts != 0)
        fail_msg("%s: it was sent", name);
    json_decref(request);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

/* ---- What credentials come from ---------------------------------------------------------------------------------- */

static const struct {
    const char    *name;
    dynamo_service service;
    const char    *variable;
} other_services[] = {
    { "sts", DYNAMO_SERVICE_STS, "AWS_ENDPOINT_URL_STS" },
    { "sso", DYNAMO_SERVICE_SSO, "AWS_ENDPOINT_URL_SSO" },
    { "sso-oidc", DYNAMO_SERVICE_SSO_OIDC, "AWS_ENDPOINT_URL_SSO_OIDC" },
    { "signin", DYNAMO_SERVICE_SIGNIN, "AWS_ENDPOINT_URL_SIGNIN" },
};

static void check_service(const endpoint_row *row, const char *name, size_t service)
{
    dynamo_config   config = config_of(row);
    dynamo_error    error  = { 0 };
    dynamo_settings settings;
    dynamo_endpoint endpoint = { 0 };
    dynamo_status   status;

    if (row->endpoint != NULL)
        setenv(other_services[service].variable, row->endpoint, 1);
    status = dynamo_settings_load(&settings, &config, &error);
    unsetenv(other_services[service].variable);
    if (status != DYNAMO_OK)
        fail_msg("%s: %s", name, error.message);
    status = dynamo_endpoint_of_service(&endpoint, &settings.hosts, other_services[service].service,
                                        settings.region, &error);
    expect_url(name, row->url, endpoint.url, status, &error);
    dynamo_endpoint_free(&endpoint);
    dynamo_settings_free(&settings);
    dynamo_error_clear(&error);
}

static void test_endpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(endpoint_rows); i++) {
        const endpoint_row *row     = &endpoint_rows[i];
        size_t              service = 0;
        char                name[800];

        describe(row, name, sizeof(name));
        while (service < DYNAMO_COUNT(other_services) && strcmp(other_services[service].name, row->service) != 0)
            service++;
        if (service < DYNAMO_COUNT(other_services))
            check_service(row, name, service);
        else
            check_call(row, name);
    }
}

/* ---- The wrappers ------------------------------------------------------------------------------------------------ */

#define TABLE "arn:aws:dynamodb:us-east-1:111122223333:table/t"
#define SHARED "https://dynamodb.us-east-1.amazonaws.com/"
#define OWN "https://111122223333.ddb.us-east-1.amazonaws.com/"
#define OTHER "https://444455556666.ddb.us-east-1.amazonaws.com/"

static json_t *item;

static dynamo_status get(dynamo_client *client, const char *table, dynamo_error *error)
{
    return dynamo_get_item(client, table, item, NULL, NULL, error);
}

static dynamo_status search(dynamo_client *client, const char *table, dynamo_error *error)
{
    json_t       *vector = json_pack("[f]", 0.5);
    dynamo_status status = dynamo_search_vectors(client, table, "i", vector, 1, NULL, NULL, error);

    json_decref(vector);
    return status;
}

static dynamo_status describe_backup(dynamo_client *client, const char *backup, dynamo_error *error)
{
    return dynamo_describe_backup(client, backup, NULL, NULL, error);
}

static dynamo_status restore(dynamo_client *client, const char *table, dynamo_error *error)
{
    return dynamo_restore_table_from_backup(client, table, "arn:aws:dynamodb:us-east-1:444455556666:table/t/backup/1",
                                            NULL, NULL, error);
}

static dynamo_status list_exports(dynamo_client *client, const char *table, dynamo_error *error)
{
    return dynamo_list_exports(client, &(dynamo_list_exports_options){ .table_arn = table }, NULL, error);
}

static dynamo_status list_tables(dynamo_client *client, const char *table, dynamo_error *error)
{
    (void)table;
    return dynamo_list_tables(client, NULL, NULL, error);
}

static dynamo_status batch(dynamo_client *client, const char *table, dynamo_error *error)
{
    json_t       *requests = json_pack("{s:{s:[O]}, s:{s:[O]}}", table, "Keys", item, "other", "Keys", item);
    dynamo_status status   = dynamo_batch_get_item(client, requests, NULL, NULL, error);

    json_decref(requests);
    return status;
}

static dynamo_status transact(dynamo_client *client, const char *table, dynamo_error *error)
{
    json_t       *items  = json_pack("[{s:{s:s, s:O}}]", "Put", "TableName", table, "Item", item);
    dynamo_status status = dynamo_transact_write_items(client, items, NULL, NULL, error);

    json_decref(items);
    return status;
}

static dynamo_status get_records(dynamo_client *client, const char *iterator, dynamo_error *error)
{
    return dynamo_get_records(client, iterator, NULL, NULL, error);
}

static const struct {
    const char *name;
    dynamo_status (*call)(dynamo_client *client, const char *resource, dynamo_error *error);
    const char *resource;
    const char *account; /* of the credentials */
    const char *url;
} wrapper_rows[] = {
    { "an ARN", get, TABLE, NULL, OWN },
    { "an ARN beside the credentials' account", get, TABLE, "444455556666", OWN },
    { "a name", get, "t", NULL, SHARED },
    { "a name and the credentials' account", get, "t", "444455556666", OTHER },
    { "an ARN of another region", get, "arn:aws:dynamodb:us-east-2:111122223333:table/t", NULL, SHARED },
    { "the first table of a batch", batch, TABLE, NULL, OWN },
    { "a batch by name", batch, "t", NULL, SHARED },
    { "the first table of a transaction", transact, TABLE, NULL, OWN },
    { "a transaction by name", transact, "t", "444455556666", OTHER },
    { "a backup", describe_backup, TABLE "/backup/1", NULL, OWN },
    { "the target of a restoration", restore, TABLE, NULL, OWN },
    { "a restoration by name, from another account", restore, "t", NULL, SHARED },
    { "an option", list_exports, TABLE, NULL, OWN },
    { "no option", list_exports, NULL, NULL, SHARED },
    { "no table", list_tables, NULL, NULL, SHARED },
    { "no table, and the credentials' account", list_tables, NULL, "444455556666", OTHER },
    { "SearchVectors", search, TABLE, NULL, "https://111122223333.search-ddb.us-east-1.amazonaws.com/" },
    { "SearchVectors by name", search, "t", NULL, "https://search-dynamodb.us-east-1.amazonaws.com/" },
    { "a shard iterator", get_records, TABLE "/stream/1|1|A", NULL,
      "https://111122223333.streams-ddb.us-east-1.amazonaws.com/" },
    { "a bare shard iterator", get_records, "A", NULL, "https://streams.dynamodb.us-east-1.amazonaws.com/" },
};

static void test_wrappers(void **state)
{
    (void)state;
    item = json_pack("{s:s}", "k", "v");
    for (size_t i = 0; i < DYNAMO_COUNT(wrapper_rows); i++) {
        const endpoint_row row    = { .region = "us-east-1", .account = wrapper_rows[i].account };
        dynamo_config      config = config_of(&row);
        dynamo_error       error  = { 0 };
        dynamo_client     *client = dynamo_client_new(&config, &error);
        dynamo_status      status = wrapper_rows[i].call(client, wrapper_rows[i].resource, &error);

        expect_url(wrapper_rows[i].name, wrapper_rows[i].url, last_url(), status, &error);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
    }
    json_decref(item);
}

/* One handle serves them all, and what one exchange left must not lead the next astray. */
static void test_changing_accounts(void **state)
{
    static const struct {
        const char *table;
        const char *url;
    } steps[] = {
        { "t", SHARED },
        { TABLE, OWN },
        { "arn:aws:dynamodb:us-east-1:444455556666:table/t", OTHER },
        { TABLE, OWN },
        { TABLE, OWN },
        { "t", SHARED },
        { "arn:aws:dynamodb:us-east-1:444455556666:table/t", OTHER },
    };
    const endpoint_row row    = { .region = "us-east-1" };
    dynamo_config      config = config_of(&row);
    dynamo_error       error  = { 0 };
    dynamo_client     *client = dynamo_client_new(&config, &error);

    (void)state;
    item = json_pack("{s:s}", "k", "v");
    for (size_t i = 0; i < DYNAMO_COUNT(steps); i++) {
        dynamo_status status = get(client, steps[i].table, &error);

        expect_url(steps[i].table, steps[i].url, last_url(), status, &error);
        assert_int_equal(error.attempts, 1);
    }
    json_decref(item);
    dynamo_error_clear(&error);
    dynamo_client_free(client);
}

static void test_refused_accounts(void **state)
{
    static const struct {
        const char *mode;
        const char *account;
        const char *fragment;
    } rows[] = {
        { "required", NULL, "account_id_endpoint_mode is required, but the account isn't known" },
        { "required", "1.2", "the account ID of the credentials, \"1.2\", is none" },
        { "preferred", "1/2", "the account ID of the credentials, \"1/2\", is none" },
        { NULL, "a@b", "expected twelve digits" },
    };

    (void)state;
    for (size_t i = 0; i < DYNAMO_COUNT(rows); i++) {
        const endpoint_row row    = { .region = "us-east-1", .mode = rows[i].mode, .account = rows[i].account };
        dynamo_config      config = config_of(&row);
        dynamo_error       error  = { 0 };
        dynamo_client     *client = dynamo_client_new(&config, &error);
        dynamo_status      status = dynamo_list_tables(client, NULL, NULL, &error);

        if (status != DYNAMO_ERR_INVALID_ARGUMENT || strstr(error.message, rows[i].fragment) == NULL)
            fail_msg("%s: %s: %s", rows[i].fragment, dynamo_status_name(status), error.message);
        assert_int_equal(error.attempts, 0);
        dynamo_error_clear(&error);
        dynamo_client_free(client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_endpoints, start_clean),
        cmocka_unit_test_setup(test_wrappers, start_clean),
        cmocka_unit_test_setup(test_changing_accounts, start_clean),
        cmocka_unit_test_setup(test_refused_accounts, start_clean),
    };

    return cmocka_run_group_tests_name("endpoints", tests, start_watching, stop_watching);
}
