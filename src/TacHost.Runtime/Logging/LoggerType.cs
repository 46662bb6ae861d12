using System.Reflection;
using Microsoft.Extensions.Logging;
using TacHost.Loading;

namespace TacHost.Logging;

/// <summary>Creates a logger provider of the user, named on the command line.</summary>
internal static class LoggerType
{
    /// <summary>Creates a logger provider from a type name.</summary>
    /// <param name="name">The type name, <c>Namespace.Type, Assembly</c>.</param>
    /// <param name="directories">The directories that are searched for the assembly and its references, in order.</param>
    /// <exception cref="TacHostException">The type does not exist, is not a logger provider, or threw an exception.</exception>
    public static ILoggerProvider Create(string name, IReadOnlyList<string> directories)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma <= 0 || name[(comma + 1)..].Trim() is not { Length: > 0 } assembly)
            throw Error(name, "it has no assembly name. Write 'Namespace.Type, Assembly'", null);
        try
        {
            // The assembly of ILoggerProvider is shared, so that both sides use the same type.
            var context = new IsolatedLoadContext($"--logger {assembly}", typeof(ILoggerProvider).Assembly, [], directories);
            var type = context.LoadFromAssemblyName(new AssemblyName(assembly)).GetType(name[..comma].Trim())
                ?? throw Error(name, $"there is no such type in '{assembly}'", null);
            if (!typeof(ILoggerProvider).IsAssignableFrom(type) || type.GetConstructor([]) is not { } constructor)
                throw Error(name, "it is not an ILoggerProvider with a public parameterless constructor", null);
            return (ILoggerProvider)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null);
        }
        catch (FileNotFoundException e)
        {
            throw Error(name, $"there is no '{assembly}.dll', or not all that it needs, in {string.Join(", ", directories.Select(directory => $"'{directory}'"))}. Name its directory with --lib", e);
        }
        catch (IOException e) when (e.InnerException is TacHostException refused)
        {
            throw refused;
        }
        catch (Exception e) when (e is not TacHostException)
        {
            throw Error(name, $"its constructor threw {FailureText.Of(e)}", e);
        }
    }

    private static TacHostException Error(string name, string reason, Exception? cause) =>
        new(ExitCode.Usage, $"--logger: '{name}' is not valid, because {reason}.", cause);
}
