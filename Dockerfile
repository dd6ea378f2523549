# PostgreSQL with crm_ext, on the layout of the official image.
#
#   docker build -t crm_ext . && docker run -e POSTGRES_PASSWORD=… crm_ext
ARG PG_MAJOR=17
FROM postgres:${PG_MAJOR}
ARG PG_MAJOR
COPY . /usr/src/crm_ext
RUN apt-get update \
    && apt-get install -y --no-install-recommends make gcc libc6-dev postgresql-server-dev-${PG_MAJOR} \
    && make -C /usr/src/crm_ext with_llvm=no \
    && make -C /usr/src/crm_ext with_llvm=no install \
    && apt-get purge -y --auto-remove make gcc libc6-dev postgresql-server-dev-${PG_MAJOR} \
    && rm -rf /var/lib/apt/lists/* /usr/src/crm_ext
