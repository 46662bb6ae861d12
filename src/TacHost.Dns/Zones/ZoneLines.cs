using System.Text;

namespace TacHost.Dns.Zones;

/// <summary>Splits a zone file into logical lines and words (RFC 1035, section 5.1).</summary>
internal sealed class ZoneLines(string path, string text)
{
    private int _at;
    private int _number = 1;

    /// <summary>Returns the lines with words.</summary>
    /// <exception cref="ZoneFileException">Parentheses or quotation marks do not match.</exception>
    public IEnumerable<ZoneLine> Read()
    {
        while (_at < text.Length)
        {
            var isIndented = text[_at] is ' ' or '\t';
            List<ZoneWord> words = [];
            var number = ReadWords(words);
            if (words.Count > 0)
                yield return new ZoneLine(number, isIndented, words);
        }
    }

    /// <summary>Reads until the next line end outside parentheses.</summary>
    /// <returns>The line number of the first word.</returns>
    private int ReadWords(List<ZoneWord> words)
    {
        var (depth, first, opened, end) = (0, _number, _number, -1);
        while (_at < text.Length)
        {
            var each = text[_at];
            switch (each)
            {
                case '\n':
                    _at++;
                    _number++;
                    if (depth == 0)
                        return first;
                    break;
                case ' ' or '\t' or '\r':
                    _at++;
                    break;
                case ';':
                    while (_at < text.Length && text[_at] != '\n')
                        _at++;
                    break;
                case '(':
                    _at++;
                    opened = depth++ == 0 ? _number : opened;
                    break;
                case ')':
                    _at++;
                    if (--depth < 0)
                        throw new ZoneFileException(path, _number, "')' has no '(' before it");
                    break;
                default:
                    first = words.Count == 0 ? _number : first;
                    words.Add(each == '"' ? ReadQuoted(isJoined: words.Count > 0 && end == _at) : ReadWord());
                    end = _at;
                    break;
            }
        }

        return depth == 0 ? first : throw new ZoneFileException(path, opened, "'(' has no ')' after it");
    }

    private ZoneWord ReadWord()
    {
        var start = _at;
        while (_at < text.Length && text[_at] is not (' ' or '\t' or '\r' or '\n' or ';' or '(' or ')' or '"'))
            _at += text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n' ? 2 : 1;
        return new ZoneWord(text[start.._at], IsQuoted: false);
    }

    private ZoneWord ReadQuoted(bool isJoined)
    {
        StringBuilder word = new();
        for (_at++; _at < text.Length && text[_at] is not '\n' and not '"'; _at++)
        {
            word.Append(text[_at]);
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n')
                word.Append(text[++_at]);
        }

        if (_at >= text.Length || text[_at] != '"')
            throw new ZoneFileException(path, _number, "a quotation mark is not closed on its line");
        _at++;
        return new ZoneWord(word.ToString(), IsQuoted: true, isJoined);
    }
}
