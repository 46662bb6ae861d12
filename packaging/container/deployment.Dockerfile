# A deployment on the image of tachost, compiled ahead, so that a start compiles and writes nothing. Replace the files by yours.
ARG BASE=tachost
FROM $BASE
USER root
COPY deployments/ecstasy.csx /srv/deployments/
COPY poetry /srv/poetry
# Clients are outside of the container.
RUN sed -i 's/"localhost"/""/' /srv/deployments/ecstasy.csx \
    && tachost compile --out /srv/cache /srv/deployments/ecstasy.csx
USER 65534:65534
CMD ["/srv/deployments/ecstasy.csx"]
