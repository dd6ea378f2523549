# PostgreSQL with crm_ext, on the layout of the official image.
#
#   docker build -t crm_ext . && docker run -e POSTGRES_PASSWORD=… crm_ext
ARG PG_MAJOR=17

FROM postgres:${PG_MAJOR} AS build
ARG PG_MAJOR
RUN apt-get update \
    && apt-get install -y --no-install-recommends make gcc libc6-dev postgresql-server-dev-${PG_MAJOR}
COPY . /usr/src/crm_ext
# What a checkout has built may be for another server.
RUN make -C /usr/src/crm_ext with_llvm=no clean \
    && make -C /usr/src/crm_ext with_llvm=no \
    && make -C /usr/src/crm_ext with_llvm=no install DESTDIR=/stage

FROM postgres:${PG_MAJOR}
COPY --from=build /stage/usr /usr
