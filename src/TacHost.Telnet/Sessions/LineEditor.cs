using System.Text;

namespace TacHost.Telnet.Sessions;

/// <summary>The state of a line after a key.</summary>
internal enum Edited
{
    Going,
    Entered,
    Complete,
    Ended,
}

/// <summary>An editor for one line: translates typed keys to changes of the line and output to the terminal.</summary>
/// <param name="show">Shows text on the terminal.</param>
internal sealed class LineEditor(Action<string> show)
{
    public const int Longest = 4096;
    private const int MostHistory = 200;

    private readonly StringBuilder _line = new();
    private readonly List<string> _history = [];
    private readonly StringBuilder _escape = new();
    private readonly Decoder _utf8 = new UTF8Encoding(false, false).GetDecoder();
    private string _unfinished = "";
    private int _cursor;
    private int _at;
    private bool _escaped;
    private bool _afterReturn;

    /// <summary>Gets the prompt before the line.</summary>
    public string Prompt { get; private set; } = "";

    /// <summary>Gets whether the line is hidden while it is typed.</summary>
    public bool IsSecret { get; private set; }

    public string Line => _line.ToString();

    /// <summary>Gets the text of the line before the cursor.</summary>
    public string BeforeCursor => _line.ToString(0, _cursor);

    public void Begin(string prompt, bool isSecret = false)
    {
        (Prompt, IsSecret, _cursor, _at) = (prompt, isSecret, 0, _history.Count);
        _line.Clear();
        show(prompt);
    }

    /// <summary>Adds a line to the history, for the arrow keys.</summary>
    public void Remember(string line)
    {
        if (line.Length == 0 || (_history.Count > 0 && _history[^1] == line))
            return;
        _history.Add(line);
        if (_history.Count > MostHistory)
            _history.RemoveAt(0);
    }

    /// <summary>Shows the prompt and the line again, after other output.</summary>
    public void Redraw()
    {
        if (IsSecret)
            return;
        show($"\r\e[K{Prompt}{_line}");
        Back(_line.Length - _cursor);
    }

    public void Insert(string text)
    {
        var start = _cursor;
        foreach (var c in text.Where(c => !char.IsControl(c)))
        {
            if (_line.Length >= Longest)
            {
                show("\a");
                break;
            }

            _line.Insert(_cursor++, c);
        }

        if (_cursor > start)
            ShowFrom(start, "");
    }

    /// <summary>Replaces a number of characters before the cursor.</summary>
    public void Replace(int count, string text)
    {
        Delete(_cursor - count, count);
        Insert(text);
    }

    public Edited Take(byte value)
    {
        var wasReturn = _afterReturn;
        _afterReturn = false;
        if (_escaped)
            return TakeEscape((char)value);
        switch (value)
        {
            case 13:
                _afterReturn = true;
                return Enter();
            case 10 or 0 when wasReturn:
                return Edited.Going;
            case 10:
                return Enter();
            case 9:
                return Edited.Complete;
            case 27:
                (_escaped, _) = (true, _escape.Clear());
                return Edited.Going;
            case 3:
                show("^C\r\n");
                Begin(Prompt, IsSecret);
                return Edited.Going;
            case 4 when _line.Length == 0:
                show("\r\n");
                return Edited.Ended;
            case 4:
                return Delete(_cursor, 1);
            case 8 or 127:
                return Delete(_cursor - 1, 1);
            case 1:
                return Move(-_cursor);
            case 5:
                return Move(_line.Length - _cursor);
            case 11:
                return Delete(_cursor, _line.Length - _cursor);
            case 21:
                return Delete(0, _cursor);
            case 23:
                return Delete(WordStart(), _cursor - WordStart());
            case 12:
                show("\e[H\e[2J");
                Redraw();
                return Edited.Going;
            case < 32:
                return Edited.Going;
        }

        Span<char> characters = stackalloc char[4];
        var count = _utf8.GetChars([value], characters, flush: false);
        if (count > 0)
            Insert(new string(characters[..count]));
        return Edited.Going;
    }

    private Edited Enter()
    {
        show("\r\n");
        return Edited.Entered;
    }

    private Edited TakeEscape(char c)
    {
        _escape.Append(c);
        if ((_escape.Length == 1 && c is '[' or 'O') || (_escape.Length < 8 && c is >= '0' and <= ';'))
            return Edited.Going;
        _escaped = false;
        return _escape.ToString() switch
        {
            "[A" or "OA" => Recall(-1),
            "[B" or "OB" => Recall(1),
            "[C" or "OC" => Move(Math.Min(1, _line.Length - _cursor)),
            "[D" or "OD" => Move(-Math.Min(1, _cursor)),
            "[H" or "OH" or "[1~" => Move(-_cursor),
            "[F" or "OF" or "[4~" => Move(_line.Length - _cursor),
            "[3~" => Delete(_cursor, 1),
            _ => Edited.Going,
        };
    }

    private Edited Recall(int step)
    {
        var at = Math.Clamp(_at + step, 0, _history.Count);
        if (at == _at || IsSecret)
            return Edited.Going;
        if (_at == _history.Count)
            _unfinished = Line;
        _at = at;
        _line.Clear().Append(at == _history.Count ? _unfinished : _history[at]);
        _cursor = _line.Length;
        Redraw();
        return Edited.Going;
    }

    private Edited Move(int by)
    {
        _cursor += by;
        if (by < 0)
            Back(-by);
        else if (by > 0 && !IsSecret)
            show($"\e[{by}C");
        return Edited.Going;
    }

    private Edited Delete(int start, int count)
    {
        count = Math.Min(count, _line.Length - start);
        if (start < 0 || count <= 0)
            return Edited.Going;
        _line.Remove(start, count);
        if (start < _cursor)
            Back(_cursor - start);
        _cursor = start;
        ShowFrom(start);
        return Edited.Going;
    }

    private int WordStart()
    {
        var start = _cursor;
        while (start > 0 && _line[start - 1] == ' ')
            start--;
        while (start > 0 && _line[start - 1] != ' ')
            start--;
        return start;
    }

    /// <summary>Shows the line from a position on. The suffix clears the characters after the end, if the line has become shorter.</summary>
    private void ShowFrom(int start, string clear = "\e[K")
    {
        if (IsSecret)
            return;
        show($"{_line.ToString(start, _line.Length - start)}{clear}");
        Back(_line.Length - _cursor);
    }

    private void Back(int count)
    {
        if (count > 0 && !IsSecret)
            show($"\e[{count}D");
    }
}
