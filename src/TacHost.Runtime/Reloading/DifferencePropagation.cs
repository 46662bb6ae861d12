using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Propagates differences to all affected services, each with its topmost reason.</summary>
internal sealed class DifferencePropagation
{
    private readonly Dictionary<MatchedPair, (string Label, MatchedPair? From, string? Reason)> _causes = [];
    private readonly Queue<MatchedPair> _left = new();

    public DifferencePropagation(TreeComparison comparison)
    {
        foreach (var pair in comparison.Pairs.All.Where(pair => pair.Differences.Count > 0))
            Mark(pair, "", null, null);
        Spread();
    }

    /// <summary>Returns the reason why a service must be replaced, or null.</summary>
    public string? ReasonOf(MatchedPair service) => _causes.ContainsKey(service) ? Reason(service) : null;

    public bool Contains(MatchedPair pair) => _causes.ContainsKey(pair);

    /// <summary>Adds a service and all services that it affects.</summary>
    /// <returns>True if the service was added.</returns>
    public bool Add(MatchedPair service, string reason)
    {
        if (!Mark(service, "", null, reason))
            return false;
        Spread();
        return true;
    }

    /// <summary>Returns the services that use an object, including the object itself if it is a service.</summary>
    public static HashSet<MatchedPair> ServicesThatUse(MatchedPair used)
    {
        HashSet<MatchedPair> seen = [used], services = [];
        Stack<MatchedPair> left = new([used]);
        while (left.TryPop(out var pair))
        {
            if (IsService(pair))
            {
                services.Add(pair);
                continue;
            }

            foreach (var user in pair.Users.Where(seen.Add))
                left.Push(user);
        }

        return services;
    }

    public static bool IsService(MatchedPair pair) => pair is { Variable: null, Old: IService };

    /// <summary>
    /// Adds the services whose code shares a written variable with a replaced service. Otherwise,
    /// kept services would use the old variable and replaced services a new one.
    /// </summary>
    /// <returns>True if further services were added.</returns>
    public bool JoinByVariables(TreeComparison comparison)
    {
        var hasGrown = false;
        foreach (var variable in comparison.Pairs.Writers.Select(each => each.Variable).Distinct())
        {
            var services = ServicesThatUse(variable);
            if (services.FirstOrDefault(Contains) is not { } replaced)
                continue;
            foreach (var service in services.Where(service => !Contains(service)))
                hasGrown |= Add(service, $"its code shares the variable '{variable.Variable}' with '{NameOf(replaced)}', which is replaced");
        }

        return hasGrown;
    }

    /// <summary>Returns the path of a service without the application's name.</summary>
    public static string NameOf(MatchedPair service) => ((IService)service.New).ServicePath is var path ? path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..] : "";

    private bool Mark(MatchedPair pair, string label, MatchedPair? from, string? reason)
    {
        // A plain group never changes. Its children are checked one by one.
        if (IsService(pair) && TreeOrder.IsPlainGroup((IService)pair.Old) && TreeOrder.IsPlainGroup((IService)pair.New) && reason is null)
            return false;
        if (!_causes.TryAdd(pair, (label, from, reason)))
            return false;
        _left.Enqueue(pair);
        return true;
    }

    private void Spread()
    {
        while (_left.TryDequeue(out var pair))
        {
            foreach (var user in pair.Users)
            {
                if (!_causes.ContainsKey(user))
                    Mark(user, user.Targets.Find(target => target.Target == pair).Label, pair, null);
            }
        }
    }

    private string Reason(MatchedPair service)
    {
        var path = "";
        var pair = service;
        while (true)
        {
            var (label, from, reason) = _causes[pair];
            if (reason is not null)
                return reason;
            if (pair.Differences.Count > 0)
                return Join(path, pair.Differences.First());
            if (pair != service && IsService(pair))
                return $"it uses '{NameOf(pair)}', which is replaced";
            path = from!.Variable is not null ? "" : label.Length == 0 ? path : path.Length == 0 || label.StartsWith('[') ? path + label : $"{path}.{label}";
            if (IsService(from))
                return $"it uses '{NameOf(from)}', which is replaced";
            pair = from;
        }
    }

    private static string Join(string path, KeyValuePair<string, string> difference)
    {
        var (place, text) = difference;
        if (path.Length == 0)
            return text;
        return place.Length > 0 && text.StartsWith(place, StringComparison.Ordinal) ? $"{path}{(place.StartsWith('[') ? "" : ".")}{text}" : $"{path}: {text}";
    }
}
