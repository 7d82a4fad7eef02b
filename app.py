"""``python app.py`` serves the platform; ``flask --app app`` finds the same factory."""

from app.cli.serve import main

if __name__ == "__main__":
    main()
