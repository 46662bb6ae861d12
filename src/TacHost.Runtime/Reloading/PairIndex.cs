using System.Reflection;

namespace TacHost.Reloading;

/// <summary>The pairs of a comparison, found by either side.</summary>
internal sealed class PairIndex
{
    private readonly Dictionary<object, MatchedPair> _byOld = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, MatchedPair> _byNew = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Delegate, Delegate), MatchedPair> _functions = [];
    private readonly Dictionary<(object?, FieldInfo), MatchedPair> _variables = [];
    private readonly Dictionary<(object?, FieldInfo), MatchedPair> _newVariables = [];

    public IEnumerable<MatchedPair> All => _byOld.Values.Concat(_functions.Values).Concat(_variables.Values);

    /// <summary>Gets the variables that the code of services writes, each with the function or object whose code does.</summary>
    public List<(MatchedPair Variable, MatchedPair Writer)> Writers { get; } = [];

    /// <summary>Gets the variables that the code of services writes.</summary>
    public IEnumerable<(object?, FieldInfo)> WrittenVariables
    {
        get
        {
            var written = Writers.Select(each => each.Variable).ToHashSet();
            return _variables.Where(each => written.Contains(each.Value)).Select(each => each.Key);
        }
    }

    public void Add(MatchedPair objects)
    {
        _byOld.Add(objects.Old, objects);
        _byNew.Add(objects.New, objects);
    }

    /// <summary>Adds two functions, which have no identity: each may be compared with several others.</summary>
    public MatchedPair Add(Delegate old, Delegate @new) => _functions[(old, @new)] = new MatchedPair(old, @new);

    public MatchedPair Add(VariableUse.Use use)
    {
        MatchedPair variable = new(use.OldOwner ?? use.OldField, use.NewOwner ?? use.NewField) { Variable = use.Name };
        _variables.Add((use.OldOwner, use.OldField), variable);
        _newVariables.TryAdd((use.NewOwner, use.NewField), variable);
        return variable;
    }

    public MatchedPair? OfOld(object old) => _byOld.GetValueOrDefault(old);

    public MatchedPair? OfNew(object @new) => _byNew.GetValueOrDefault(@new);

    public MatchedPair? OfFunctions(Delegate old, Delegate @new) => _functions.GetValueOrDefault((old, @new));

    public MatchedPair? OfOldVariable(object? owner, FieldInfo field) => _variables.GetValueOrDefault((owner, field));

    public MatchedPair? OfNewVariable(object? owner, FieldInfo field) => _newVariables.GetValueOrDefault((owner, field));

    /// <summary>Returns the pair here whose old side is the new side of a pair elsewhere.</summary>
    public MatchedPair? OfNewOf(MatchedPair elsewhere) =>
        elsewhere.Variable is not null ? _variables.FirstOrDefault(each => ReferenceEquals(each.Value.Old, elsewhere.New) && each.Value.Variable == elsewhere.Variable).Value
        : elsewhere.New is Delegate function ? _functions.FirstOrDefault(each => ReferenceEquals(each.Key.Item1, function)).Value
        : OfOld(elsewhere.New);
}
