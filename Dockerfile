# Registra for the larger set-up. One image; compose.yaml starts it three times.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/town/site REGISTRA_DATA_DIR=/data BIND=0.0.0.0
WORKDIR /town
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-bul tesseract-ocr-pol tesseract-ocr-ron \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
RUN for po in site/registra/locale*/*/LC_MESSAGES/*.po; do \
        [ ! -e "$po" ] || pybabel --quiet compile --input-file "$po" --output-file "${po%.po}.mo"; \
    done \
    && useradd --system registra && mkdir /data && chown registra /data
USER registra
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "registra.wsgi"]
