#!/bin/sh
# Prints the Python to set up with: $PYTHON, the one already set up with, or a recent enough one.

recent() {
  "$1" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' \
    2>/dev/null
}

if [ -n "$PYTHON" ]; then
  recent "$PYTHON" && exit
  echo "PYTHON=$PYTHON 不能用：需要 Python 3.11 或更新的版本。" >&2
  exit 1
fi

for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11; do
  recent "$candidate" && exit
done

echo "没有找到 Python 3.11 或更新的版本（现有：$(python3 --version 2>&1 || echo 无)）。" >&2
echo "请先安装，例如 apt install python3 python3-venv；装在别处时写 make run PYTHON=/路径/python3。" >&2
exit 1
