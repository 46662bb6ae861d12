using System.Reflection;

namespace TacHost.Services.Prompts;

/// <summary>The lines of one C# prompt inside this process: loads compiled lines and runs them. Each line can use the declarations of earlier lines.</summary>
/// <remarks>
/// A script compiler makes an assembly of each line, with a class <c>Submission#N</c>, where N is the number of lines that the line builds on.
/// The assemblies are unloaded after <see cref="Dispose"/>.
/// </remarks>
public sealed class PromptSession : IDisposable
{
    private readonly LineAssemblies _assemblies;
    private readonly PromptGlobals _globals;
    private readonly int _longestOutput;
    private readonly Lock _gate = new();
    private object?[] _states;

    /// <summary>Initializes a session.</summary>
    /// <param name="application">Returns the application that the global variable <c>application</c> stands for.</param>
    /// <param name="isReadOnly">true if that variable is a <see cref="ServiceView"/>.</param>
    /// <param name="longestOutput">The number of characters that a line shows at most.</param>
    /// <param name="library">An assembly in whose load context lines find libraries, or null. The load contexts of all services are searched, too.</param>
    public PromptSession(Func<Application?> application, bool isReadOnly, int longestOutput, Assembly? library = null)
    {
        ArgumentNullException.ThrowIfNull(application);
        _longestOutput = longestOutput;
        _globals = isReadOnly ? new ReadOnlyGlobals(application, longestOutput) : new WritableGlobals(application, longestOutput);
        _assemblies = new LineAssemblies(application(), library);
        _states = [_globals, null];
    }

    /// <summary>Gets the directory of the framework's assemblies, whose <c>System.*</c> lines can refer to.</summary>
    public static string Framework => LineAssemblies.Framework;

    /// <summary>Gets the other assemblies that lines can refer to.</summary>
    public IReadOnlyList<Assembly> References => _assemblies.References();

    /// <summary>Returns the metadata of an assembly from memory, because libraries are loaded from bytes and their files may have changed.</summary>
    /// <returns>The metadata, or an empty span.</returns>
    public static ReadOnlySpan<byte> MetadataOf(Assembly assembly) => LineAssemblies.MetadataOf(assembly);

    /// <summary>Runs a compiled line.</summary>
    /// <param name="image">The assembly.</param>
    /// <param name="index">The number of lines that the line builds on.</param>
    /// <param name="cancellationToken">The token that the line sees as <c>cancelled</c>.</param>
    /// <returns>The result. An exception of the line is a part of the result.</returns>
    /// <exception cref="BadImageFormatException">The bytes are not an assembly.</exception>
    /// <exception cref="TypeLoadException">The assembly is not a line with that index.</exception>
    public async Task<PromptResult> RunAsync(byte[] image, int index, CancellationToken cancellationToken)
    {
        var factory = _assemblies.LoadFromStream(new MemoryStream(image)).GetType($"Submission#{index}", throwOnError: true)!.GetMethod("<Factory>")
            ?? throw new TypeLoadException("The assembly is not a compiled line.");
        object?[] states;
        lock (_gate)
        {
            if (_states.Length < index + 2)
                Array.Resize(ref _states, index + 2);
            states = _states;
        }

        _globals.Begin(cancellationToken);
        try
        {
            var value = await (Task<object?>)factory.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [states], null)!;
            return new PromptResult(Bounded(_globals.TakeOutput()), value is null ? null : Bounded(ObjectText.Of(value, _longestOutput)), null);
        }
        catch (Exception e)
        {
            // The error boundary of one line: an exception is the output of the line.
            return new PromptResult(Bounded(_globals.TakeOutput()), null, Bounded($"{e.GetType().FullName}: {e.Message}"));
        }
    }

    /// <summary>Unloads the lines when no code of them is running any more.</summary>
    public void Dispose() => _assemblies.Unload();

    private string Bounded(string text) => text.Length <= _longestOutput ? text : $"{text[.._longestOutput]}\n… cut: a line shows {_longestOutput} characters at most.";
}

/// <summary>The result of a line.</summary>
public sealed class PromptResult
{
    internal PromptResult(string output, string? value, string? failure) => (Output, Value, Failure) = (output, value, failure);

    /// <summary>Gets the output of <c>print</c>, with a line feed at the end of each value.</summary>
    public string Output { get; }

    /// <summary>Gets the value of the line as C# text, or null.</summary>
    public string? Value { get; }

    /// <summary>Gets the exception that ended the line, or null.</summary>
    public string? Failure { get; }
}
