using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The least severe level that is logged, for each category. May be changed while the process runs, from any thread.</summary>
/// <remarks>A rule holds for its category and for those below it: 'Microsoft.AspNetCore' also for 'Microsoft.AspNetCore.Routing', and 'web' also for 'web/HttpServer'. The longest rule wins.</remarks>
internal sealed class LogLevels(LogLevel minimum, IEnumerable<KeyValuePair<string, LogLevel>> rules)
{
    private readonly Lock _gate = new();
    private volatile Table _table = new(minimum, [.. rules]);

    /// <summary>Gets the level of categories without a rule.</summary>
    public LogLevel Minimum => _table.Minimum;

    public IReadOnlyCollection<KeyValuePair<string, LogLevel>> Rules => _table.Rules;

    /// <summary>Sets the level of a category and of those below it.</summary>
    /// <param name="category">The category, or null for the level of all categories without a rule.</param>
    /// <param name="level">The new level, or null to remove the rule.</param>
    public void SetLevel(string? category, LogLevel? level)
    {
        lock (_gate)
        {
            var others = _table.Rules.Where(rule => !string.Equals(rule.Key, category, StringComparison.OrdinalIgnoreCase));
            _table = category is null
                ? new Table(level ?? LogLevel.Information, _table.Rules)
                : new Table(_table.Minimum, level is { } given ? [.. others, new(category, given)] : [.. others]);
        }
    }

    public bool IsEnabled(string? category, LogLevel level) => level >= _table.LevelOf(category ?? "") && level != LogLevel.None;

    /// <summary>Returns the level of one category, for a logger that asks often.</summary>
    public CategoryLevel Of(string category) => new(this, category);

    /// <summary>The level of one category, looked up again after each change.</summary>
    internal sealed class CategoryLevel(LogLevels levels, string category)
    {
        private Known? _known;

        public LogLevel Level
        {
            get
            {
                var table = levels._table;
                if (_known is { } known && known.Table == table)
                    return known.Level;
                var level = table.LevelOf(category);
                _known = new Known(table, level);
                return level;
            }
        }

        /// <summary>One object, so that threads see both together.</summary>
        private sealed class Known(Table table, LogLevel level)
        {
            public Table Table => table;

            public LogLevel Level => level;
        }
    }

    /// <summary>All rules at one time. Never changed, but replaced.</summary>
    private sealed class Table(LogLevel minimum, KeyValuePair<string, LogLevel>[] rules)
    {
        public LogLevel Minimum => minimum;

        public KeyValuePair<string, LogLevel>[] Rules => rules;

        public LogLevel LevelOf(string category)
        {
            var (level, longest) = (minimum, -1);
            foreach (var (rule, itsLevel) in rules)
            {
                if (rule.Length > longest && Covers(rule, category))
                    (level, longest) = (itsLevel, rule.Length);
            }

            return level;
        }

        private static bool Covers(string rule, string category) =>
            category.StartsWith(rule, StringComparison.OrdinalIgnoreCase) && (category.Length == rule.Length || category[rule.Length] is '.' or '/');
    }
}
