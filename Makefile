# Thin: each word calls a script or a tool, and .ci/run uses the same words.
# Options: PORT=8001, PYTHON=/path/to/python3, ARGS="tests/web -k board".

SHELL = /bin/sh
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin
WITH_PYTHON = python=$$(sh scripts/find_python.sh) && exec "$$python"

.DEFAULT_GOAL = help
CHECKS = lint-style lint-format lint-types lint-floors lint-templates lint-migrations
.PHONY: help run test dev lint $(CHECKS) format bench shots lock clean

help:  ## 列出这些命令
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r word text; \
	  do printf '  make %-8s %s\n' "$$word" "$$text"; done

run:  ## 从零到可用的平台（示范城市），PORT 默认 8000
	@$(WITH_PYTHON) -m scripts.run

test:  ## 安装测试依赖并运行全部测试；设了 DATABASE_URL 就在那个数据库上运行
	@unset JIEBANG_VAR; $(WITH_PYTHON) -m scripts.run_tests $(ARGS)

dev:  ## 只安装开发依赖
	@$(WITH_PYTHON) -m scripts.prepare dev

lint: dev  ## 检查风格、类型、分层、模板和迁移
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

lint-style:
	$(BIN)/ruff check

lint-format:
	$(BIN)/ruff format --check

lint-types:
	$(BIN)/mypy

lint-floors:
	$(BIN)/lint-imports --no-cache

lint-templates:
	$(BIN)/djlint --lint --quiet frontend_templates

lint-migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run --settings jiebang.settings.test

format: dev  ## 整理代码与模板的格式
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	$(BIN)/djlint --reformat --quiet frontend_templates

bench:  ## 测量匹配：与别的引擎比速度，与别的算法比切题；ARGS="10000 100000" 定规模
	@$(WITH_PYTHON) -m scripts.prepare bench
	$(BIN)/python -m scripts.bench_speed $(ARGS)
	$(BIN)/python -m scripts.bench

shots: dev  ## 重拍文档里的页面图
	$(BIN)/python -m scripts.screenshots $(ARGS)

lock: dev  ## 按 requirements/*.in 重新锁定版本
	for name in uv node run dev bench; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate $(ARGS) \
	    --output-file requirements/$$name.txt requirements/$$name.in || exit 1; done
	npm install --package-lock-only

clean:  ## 删掉装好的依赖和缓存；var/ 里的数据留着
	rm -rf .venv node_modules dist var/vendor var/cache .mypy_cache .ruff_cache .pytest_cache
	find api matching platform scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
