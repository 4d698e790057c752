# MinIO publishes no images any more; this is its last source release, built as its authors say.
#
#   docker build -f deploy/minio.Dockerfile -t realestate-minio deploy

FROM docker.io/library/golang:1.26-bookworm AS build
ENV CGO_ENABLED=0
RUN go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM docker.io/library/debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir /data \
 && chown 10001:0 /data
COPY --from=build /go/bin/minio /usr/local/bin/minio
ENV MINIO_BROWSER=off MINIO_UPDATE=off
USER 10001:0
ENTRYPOINT ["minio"]
CMD ["server", "/data", "--address", ":9000"]
