namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The description of a sub-command for help, completion and man page.</summary>
public sealed class SubCommandDescription
{
    internal SubCommandDescription(string name, string description, OptionTable table) =>
        (Name, Description, Table) = (name, description, table);

    /// <summary>Gets the word.</summary>
    public string Name { get; }

    /// <summary>Gets the purpose.</summary>
    public string Description { get; }

    /// <summary>Gets the options.</summary>
    public OptionTable Table { get; }
}
